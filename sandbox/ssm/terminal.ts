// A process of this machine in a pseudo terminal. As in the agent, output is read only on demand. Unread output blocks
// the command.

import { type IPty, spawn } from '@lydell/node-pty'

/** The size of the buffer in bytes, about that of a pseudo terminal. */
const BUFFER_BYTES = 16_384
/**
 * The size of a terminal before the first resize. In the agent the size is 0, but the terminal library refuses 0. The
 * kernel uses only the lower 16 bits of this number, which are 0.
 */
const UNMEASURED = 65_536

export type Terminal = {
  /** Waits for output, and returns at most `most` bytes; undefined at the end. */
  readonly read: (most: number) => Promise<Uint8Array | undefined>
  readonly write: (bytes: Uint8Array) => void
  readonly resize: (cols: number, rows: number) => void
  /** Kills the process and hangs up its terminal. Processes that handle or ignore SIGHUP continue, as in AWS (seen). */
  readonly kill: () => void
}

export type Program = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * Creates a buffer for bytes that were read from the terminal but not yet requested. While the buffer is full, reading is
 * paused. If the process has exited, reading continues, to get the rest of its output.
 */
const createOutputBuffer = (pty: IPty) => {
  let buffered: Buffer[] = []
  let size = 0
  let watch: NodeJS.Timeout | undefined
  const resume = (): void => {
    clearInterval(watch)
    watch = undefined
    pty.resume()
  }
  return {
    add: (bytes: Buffer): void => {
      buffered.push(bytes)
      size += bytes.length
      if (size < BUFFER_BYTES || watch !== undefined || !isAlive(pty.pid)) return
      pty.pause()
      watch = setInterval(() => isAlive(pty.pid) || resume(), 20)
    },
    take: (most: number): Uint8Array => {
      const all = buffered.length === 1 ? buffered[0] : Buffer.concat(buffered)
      const taken = Uint8Array.from(all?.subarray(0, most) ?? [])
      buffered = all && all.length > most ? [all.subarray(most)] : []
      size -= taken.length
      if (watch !== undefined && size < BUFFER_BYTES) resume()
      return taken
    },
    isEmpty: (): boolean => size === 0,
    stop: (): void => clearInterval(watch),
  }
}

export const openTerminal = ({ file, args, env, cwd }: Program): Terminal => {
  // Without an encoding, the library emits bytes. The library also accepts bytes, although its types say otherwise.
  const pty = spawn(file, [...args], {
    name: 'xterm-256color',
    cols: UNMEASURED,
    rows: UNMEASURED,
    env: { ...env },
    cwd,
    encoding: null,
  })
  const hold = createOutputBuffer(pty)
  let isOver = false
  let wake = (): void => {}
  pty.onData(data => {
    hold.add(data as unknown as Buffer)
    wake()
  })
  pty.onExit(() => {
    isOver = true
    hold.stop()
    wake()
  })
  const read = async (most: number): Promise<Uint8Array | undefined> => {
    while (hold.isEmpty()) {
      if (isOver) return undefined
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    return hold.take(most)
  }
  return {
    read,
    write: bytes => {
      if (!isOver) pty.write(Buffer.from(bytes) as unknown as string)
    },
    resize: (cols, rows) => {
      if (isOver || cols <= 0 || rows <= 0) return
      try {
        pty.resize(cols, rows)
      } catch {
        // The process and its terminal have just ended, so there is nothing to resize.
      }
    },
    kill: () => {
      if (isOver) return
      try {
        process.kill(pty.pid, 'SIGKILL')
        process.kill(-pty.pid, 'SIGHUP')
      } catch {
        // The process had exited already.
      }
    },
  }
}
