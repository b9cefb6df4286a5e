// The data channel between a client and an agent. The channel forwards frames, and reports the state of the connection
// and the end of the session. Sources: the reference client and agent, and reports about Session Manager. `seen` marks
// behavior that was seen in the field; `guess` marks behavior without a source.

import type { WebSocket } from 'ws'
import { decodeFrame } from '../../src/kit/session/frame.ts'
import type { Clock, Timer } from '../world/clock.ts'
import type { Random } from '../world/random.ts'
import type { Agent } from './agent.ts'
import { channelClosed, pausePublication, startPublication } from './service-frames.ts'
import { createPassage, type Weather } from './weather.ts'

/** One hour in milliseconds of world time. */
const HOUR = 3_600_000
const IDLE = 20 * 60_000
/**
 * The transit time of a frame to the agent, in real milliseconds. Every network needs some milliseconds. The agent records
 * a message only after the agent has sent it, so an acknowledgement that arrives without a delay would be lost (seen).
 */
const TRANSIT = 3
const TIMED_OUT = 'Your session timed out due to inactivity and has been terminated.'

export type ChannelOptions = {
  readonly clock: Clock
  readonly random: Random
  readonly weather: Weather
  readonly sessionId: string
  /** Called when the session has timed out without activity. */
  readonly expired: (output: string) => void
}

/** Creates the timers of a session. Every frame in either direction counts as activity (for output, this is a guess). */
const createTimers = ({ clock, expired }: ChannelOptions) => {
  let last = clock.now()
  let idle: Timer | undefined
  let bye: Timer | undefined
  // Checks the time of the last frame. A frame does not reset the timer itself, because hundreds arrive per second.
  const watch = (): void => {
    idle = clock.at(last + IDLE, () => {
      if (clock.now() - last < IDLE) watch()
      else expired(TIMED_OUT)
    })
  }
  watch()
  return {
    stop: (): void => {
      idle?.cancel()
      bye?.cancel()
    },
    touch: (): void => {
      last = clock.now()
    },
    /** Called when a client connects. Closes the client's socket one hour later, as Session Manager does (seen). */
    connected: (socket: WebSocket): void => {
      bye?.cancel()
      bye = clock.after(HOUR, () => socket.close(1_000, 'Bye'))
    },
  }
}

const HANDED_ON: ReadonlySet<string> = new Set(['input_stream_data', 'acknowledge'])

const typeOf = (bytes: Uint8Array): string => {
  const frame = decodeFrame(bytes)
  return typeof frame === 'string' ? '' : frame.messageType
}

export class Channel {
  readonly #options: ChannelOptions
  readonly #timers: ReturnType<typeof createTimers>
  readonly #toClient: (bytes: Uint8Array) => void
  readonly #toAgent: (bytes: Uint8Array) => void
  #client: WebSocket | undefined
  #agent: Agent | undefined
  #isHeld = false
  #closing: Uint8Array | undefined

  constructor(options: ChannelOptions) {
    const { random, weather } = options
    this.#options = options
    this.#timers = createTimers(options)
    this.#toClient = createPassage(weather, random, bytes => this.#client?.send(bytes), this.cut)
    this.#toAgent = createPassage(
      weather,
      random,
      bytes => setTimeout(() => this.#agent?.receive(bytes), TRANSIT),
      this.cut,
    )
  }

  get isConnected(): boolean {
    return this.#client !== undefined
  }

  attach(agent: Agent): void {
    this.#agent = agent
  }

  /**
   * Makes `socket` the socket of the client, whose token was already found valid. The previous socket is closed. If the
   * session has ended, the client gets the end message (guess).
   */
  connect(socket: WebSocket): void {
    const before = this.#client
    this.#client = socket
    before?.terminate()
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#fromClient(socket, data as Buffer)
    })
    socket.on('close', () => this.#leave(socket))
    if (this.#closing) this.#end(socket, this.#closing)
    else this.#welcome(socket)
  }

  #welcome(socket: WebSocket): void {
    this.#timers.connected(socket)
    if (this.#isReachable()) this.#say(startPublication)
    else socket.send(pausePublication(this.#now()))
  }

  readonly fromAgent = (bytes: Uint8Array): void => {
    if (this.#closing || typeOf(bytes) === 'agent_session_state') return
    if (!this.#client || this.#isHeld) {
      this.#agent?.receive(pausePublication(this.#now()))
      return
    }
    this.#timers.touch()
    this.#toClient(bytes)
  }

  /** Called when the agent has disappeared without a message. Sends the client a pause message. */
  lose(): void {
    this.#agent = undefined
    this.#client?.send(pausePublication(this.#now()))
  }

  /** Blocks the frames in both directions until `release` is called. */
  hold(): void {
    this.#isHeld = true
    this.#say(pausePublication)
  }

  release(): void {
    this.#isHeld = false
    this.#say(startPublication)
  }

  /** Breaks the client's socket without a close frame. */
  readonly cut = (): void => this.#client?.terminate()

  close(output: string): void {
    if (this.#closing) return
    this.#timers.stop()
    this.#closing = channelClosed(this.#options.sessionId, output, this.#now())
    if (this.#client) this.#end(this.#client, this.#closing)
  }

  /** Called when the sandbox stops. */
  stop(): void {
    this.#timers.stop()
    this.cut()
  }

  #now(): number {
    return this.#options.clock.now()
  }

  #isReachable(): boolean {
    return this.#agent !== undefined && !this.#isHeld
  }

  #say(notice: (now: number) => Uint8Array): void {
    this.#client?.send(notice(this.#now()))
    this.#agent?.receive(notice(this.#now()))
  }

  /** Handles a frame of the client. While no agent can be reached, each frame is answered with a pause message (seen). */
  #fromClient(socket: WebSocket, bytes: Uint8Array): void {
    if (socket !== this.#client || this.#closing) return
    if (!this.#isReachable()) {
      socket.send(pausePublication(this.#now()))
    } else if (HANDED_ON.has(typeOf(bytes))) {
      this.#timers.touch()
      this.#toAgent(bytes)
    }
  }

  #end(socket: WebSocket, closing: Uint8Array): void {
    if (this.#options.weather.hidesEnd) socket.close(1_000)
    else socket.send(closing)
  }

  #leave(socket: WebSocket): void {
    if (socket !== this.#client) return
    this.#client = undefined
    this.#agent?.receive(pausePublication(this.#now()))
  }
}
