// The exec agent in a container. It runs one session, from start to end, with a real process of this machine.

import { decodeFrame, type Frame } from '../../src/kit/session/frame.ts'
import type { Cipher } from './cipher.ts'
import { expandParameters, type GetParameters, lookUp, parseCommand, StartFailure } from './command.ts'
import { createHandshake, type Handshake } from './handshake.ts'
import { CHALLENGE_RESPONSE, HANDSHAKE_RESPONSE, OUTPUT, SIZE } from './payload-types.ts'
import { createRuneCutter } from './runes.ts'
import { createStream, type Stream } from './stream.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** The agent's waiting times in real milliseconds, as in the reference agent. Tests use shorter ones. */
export type AgentTiming = {
  /** The time between the start of the command and the first read of its output. */
  readonly floor: number
  /** The pause after each read; 0 for none. */
  readonly readPause: number
  readonly resend: number
  /** How long the agent waits for the last messages to be acknowledged. */
  readonly drain: number
  readonly startFailure: number
  readonly handshake: number
}

export const agentTiming: AgentTiming = {
  floor: 1_000,
  readPause: 1,
  resend: 100,
  drain: 2_000,
  startFailure: 2_000,
  handshake: 15_000,
}

const MOST_READ = 1_024

export type AgentOptions = {
  readonly sessionId: string
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly hasShell: boolean
  readonly timing: AgentTiming
  readonly now: () => number
  /** Sends a frame to Session Manager. */
  readonly send: (bytes: Uint8Array) => void
  /** Called when the session has ended by itself. `output`: the reason of a failure. */
  readonly ended: (output: string) => void
  /** Called when all processes of the session have exited. */
  readonly exited: () => void
  readonly getParameters: GetParameters
  /** Records the output of the command in clear text. */
  readonly record: (bytes: Uint8Array) => void
  /** The reason why the session cannot start with its configuration, if there is one. */
  readonly refusal?: string
  readonly kms?: { readonly keyId: string; readonly decrypt: (ciphertext: Uint8Array) => Promise<Uint8Array> }
}

export type Agent = {
  readonly receive: (bytes: Uint8Array) => void
  /** Kills the process and hangs up on its children. Nothing more is sent. */
  readonly kill: () => void
}

const failed = (words: string): string => `\n----------ERROR-------\n${words}\n`

const pause = (ms: number): Promise<void> =>
  new Promise(resolve => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)))

type State = { terminal?: Terminal; handshake?: Handshake; cipher?: Cipher; isBroken: boolean; isOver: boolean }

const readSize = (payload: Uint8Array): readonly [number, number] => {
  try {
    const { cols, rows } = JSON.parse(new TextDecoder().decode(payload)) as { cols?: number; rows?: number }
    return [Number(cols ?? 0), Number(rows ?? 0)]
  } catch {
    return [0, 0]
  }
}

/**
 * Handles one message of the client, and returns 'taken', or 'later' if the client must resend the message. During a
 * handshake, only the responses of the handshake are accepted. Before the terminal exists, the result is 'later'.
 */
const handle = (state: State, payloadType: number, payload: Uint8Array): 'taken' | 'later' => {
  const { terminal, handshake, cipher } = state
  if (handshake && !cipher) {
    if (payloadType === HANDSHAKE_RESPONSE || payloadType === CHALLENGE_RESPONSE)
      handshake.receive(payloadType, payload)
    // The client sent plain text before the session has a key. The agent tries to decrypt this text, and the part of the
    // agent that reads messages crashes (seen in the field).
    else if (payloadType === OUTPUT) state.isBroken = true
    return 'taken'
  }
  if (!terminal) return 'later'
  if (payloadType === SIZE) terminal.resize(...readSize(payload))
  if (payloadType !== OUTPUT) return 'taken'
  try {
    terminal.write(cipher ? cipher.decrypt(payload) : payload)
    return 'taken'
  } catch {
    return 'later'
  }
}

const pump = async (
  state: State,
  terminal: Terminal,
  stream: Stream,
  { timing, record }: AgentOptions,
): Promise<void> => {
  const cut = createRuneCutter()
  await pause(timing.floor)
  for (;;) {
    await stream.active()
    const read = await terminal.read(MOST_READ)
    if (read === undefined || state.isOver) return
    const text = cut(read)
    record(text)
    stream.send(OUTPUT, state.cipher && text.length > 0 ? state.cipher.encrypt(text) : text)
    await pause(timing.readPause)
  }
}

const start = async (options: AgentOptions): Promise<Terminal> => {
  if (options.refusal !== undefined) throw new StartFailure(options.refusal, { isSlow: false, isBare: true })
  const command = await expandParameters(options.command, options.getParameters)
  const [name, ...args] = parseCommand(command)
  const { env, cwd, hasShell } = options
  return openTerminal({ file: lookUp(name, { path: env['PATH'] ?? '', cwd, hasShell }), args, env, cwd })
}

const shakeHands = async ({ kms, timing }: AgentOptions, state: State, stream: Stream): Promise<void> => {
  if (!kms) return
  const { keyId: kmsKeyId, decrypt } = kms
  state.handshake = createHandshake({ kmsKeyId, timeoutMs: timing.handshake, send: stream.send, decrypt })
  state.cipher = await state.handshake.perform().catch((error: unknown) => {
    throw new StartFailure(
      `Encountered error while initiating handshake. ${error instanceof Error ? error.message : error}`,
      { isSlow: false },
    )
  })
}

const run = async (options: AgentOptions, state: State, stream: Stream): Promise<void> => {
  const { timing, sessionId } = options
  stream.sendState(sessionId, 'Connected')
  await shakeHands(options, state, stream)
  const terminal = await start(options)
  // The session was killed before the process had started, so the process is killed now.
  if (state.isOver) return terminal.kill()
  state.terminal = terminal
  await pump(state, terminal, stream, options)
  if (state.isOver) return
  await stream.drained(timing.drain)
  stream.sendState(sessionId, 'Terminating')
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof StartFailure)) return failed(String(error))
  return error.isBare ? error.message : failed(error.message)
}

export const startAgent = (options: AgentOptions): Agent => {
  const { timing, ended, now, send } = options
  const state: State = { isBroken: false, isOver: false }
  const stream = createStream({
    resendMs: timing.resend,
    now,
    send,
    handle: (payloadType, payload) => handle(state, payloadType, payload),
  })
  const finish = (output: string): void => {
    if (state.isOver) return
    state.isOver = true
    stream.stop()
    ended(output)
  }
  run(options, state, stream)
    .then(
      () => finish(''),
      async (error: unknown) => {
        if (error instanceof StartFailure && error.isSlow) await pause(timing.startFailure)
        finish(reasonOf(error))
      },
    )
    .finally(options.exited)
  return {
    receive: bytes => {
      const frame: Frame | string = decodeFrame(bytes)
      if (typeof frame !== 'string' && !state.isBroken && !state.isOver) stream.receive(frame)
    },
    kill: () => {
      if (state.isOver) return
      state.isOver = true
      stream.stop()
      state.terminal?.kill()
    },
  }
}
