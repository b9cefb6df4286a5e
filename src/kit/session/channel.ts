// The client of one session: what the agent says is acknowledged at once, also when it is said again, and delivered in
// order, each byte once. An end is "closed" only where the service said so and nothing is known to be missing.
import { createAttachment } from './attachment.ts'
import type { Encryption } from './encryption.ts'
import { decodeFrame, encodeFrame, type Frame, MAX_FRAME_BYTES } from './frame.ts'
import { answerChallenge, answerHandshake } from './handshake.ts'
import { createIncoming } from './incoming.ts'
import { CTRL_C, createKeyboard, ENTER } from './keyboard.ts'
import { createLink } from './link.ts'
import { acknowledgedNumber, acknowledgement, closingReason, exitCodeOf, PAYLOAD } from './messages.ts'
import { createOutgoing } from './outgoing.ts'
import { createOutput } from './output.ts'
import type { SessionPorts } from './ports.ts'
import { type Session, type SessionEnd, type SessionOptions, type SessionRequest, TERMINATE_MS } from './session.ts'

const PAUSE_MS = 60_000
/** Room for as many early messages as are counted, of the kilobyte that the agent makes them. */
const BUFFER_BYTES = 16 * MAX_FRAME_BYTES
/** An agent that was told that its handshake failed closes at once. */
const AFTER_FAILURE_MS = 5_000

export const openSession = (request: SessionRequest, ports: SessionPorts, options: SessionOptions = {}): Session => {
  const room = options.bufferBytes ?? BUFFER_BYTES
  const output = createOutput()
  const incoming = createIncoming()
  const ending = createEnding(request.sessionId, ports, () => {
    for (const part of [link, attachment, outgoing, keyboard]) part.stop()
    output.finish()
  })
  const { lose } = ending
  const outgoing = createOutgoing({
    ...ports,
    transmit: bytes => !attachment.isAway() && link.transmit(bytes),
    gaveUp: () => lose('the container’s agent acknowledged nothing for minutes'),
  })
  const attachment = createAttachment(ports, options.pauseMs ?? PAUSE_MS, { lost: lose, back: outgoing.resend })
  const conversation = createConversation(request, ports, { output, outgoing, lose })
  const { keyboard } = conversation

  let isBusy = false
  let closing: string | undefined
  const drain = () => {
    while (!isBusy && !ending.isOver()) {
      const frame = incoming.take()
      if (frame === undefined) break
      const work = conversation.hear(frame)
      if (work === undefined) continue
      isBusy = true
      void work.catch(lose).then(goOn)
    }
    if (closing === undefined || isBusy) return
    if (incoming.hasGap()) return lose('the session was closed before all of its output had come')
    ending.close(closing, conversation)
  }
  const goOn = (): void => {
    isBusy = false
    drain()
  }
  const arrived = (frame: Frame): void => {
    const arrival = incoming.arrive(frame, room - output.bytes())
    if (arrival === 'drop') return
    link.transmit(encodeFrame(acknowledgement(frame, ports.newId(), ports.now())))
    if (arrival === 'next') drain()
  }
  const received = (message: Uint8Array) => {
    const frame = decodeFrame(message)
    if (typeof frame === 'string') return
    switch (frame.messageType) {
      case 'output_stream_data':
        attachment.isHere()
        return arrived(frame)
      case 'acknowledge': {
        attachment.isHere()
        const number = acknowledgedNumber(frame.payload)
        if (number === undefined) return
        outgoing.acknowledged(number)
        return keyboard.acknowledged(number)
      }
      case 'start_publication':
        attachment.isHere()
        return keyboard.attached()
      case 'pause_publication':
        return attachment.wentAway()
      case 'channel_closed':
        closing ??= closingReason(frame.payload)
        return drain()
    }
  }
  const link = createLink(request, ports, { received, reopened: outgoing.resend, lost: lose })
  if (options.deadline !== undefined)
    ending.cancelWith(ports.after(options.deadline - ports.now(), () => lose('its time was up')))
  return {
    output,
    end: ending.end,
    interrupt: () => keyboard.press(CTRL_C),
    enter: () => keyboard.press(ENTER),
    terminate: async () => {
      lose('it was terminated')
      await ending.end
    },
  }
}

type Outcome = { readonly failure: () => string | undefined; readonly exitCode: () => number | undefined }

type Conversation = Outcome & {
  readonly keyboard: ReturnType<typeof createKeyboard>
  /** In order. A promise where the next message has to wait. */
  readonly hear: (frame: Frame) => Promise<void> | undefined
}

type Hearers = {
  readonly output: ReturnType<typeof createOutput>
  readonly outgoing: ReturnType<typeof createOutgoing>
  readonly lose: (why: unknown) => void
}

/** What the agent's messages mean. */
const createConversation = (
  { sessionId, targetId }: SessionRequest,
  ports: SessionPorts,
  { output, outgoing, lose }: Hearers,
): Conversation => {
  let phase: 'none' | 'handshaking' | 'complete' = 'none'
  let encryption: Encryption | undefined
  let failure: string | undefined
  let exitCode: number | undefined
  const type = (keys: Uint8Array): void => {
    if (encryption === undefined) return void outgoing.send(PAYLOAD.output, keys)
    encryption.encrypt(keys).then(sealed => outgoing.send(PAYLOAD.output, sealed), lose)
  }
  const keyboard = createKeyboard(ports, outgoing.send, type)
  const shakeHands = async (payload: Uint8Array): Promise<void> => {
    const context = { 'aws:ssm:SessionId': sessionId, 'aws:ssm:TargetId': targetId ?? '' }
    const answer = await answerHandshake(payload, context, ports.dataKey)
    if (answer === undefined) return lose('the agent’s handshake could not be understood')
    encryption = answer.encryption
    failure = answer.failure
    outgoing.send(PAYLOAD.handshakeResponse, answer.response)
    if (failure !== undefined) ports.after(AFTER_FAILURE_MS, () => lose(failure))
  }
  const meetChallenge = async (payload: Uint8Array, keys: Encryption): Promise<void> => {
    const answer = await answerChallenge(payload, keys).catch(() => undefined)
    if (answer === undefined) return lose('the agent has other encryption keys than the session')
    outgoing.send(PAYLOAD.challengeResponse, answer)
  }
  const deliver = (payloadType: number, payload: Uint8Array): void => {
    if (phase === 'none') keyboard.ready()
    if (payloadType === PAYLOAD.exitCode) exitCode = exitCodeOf(payload)
    else if (payload.length > 0) output.push(payload)
  }
  const open = async (payloadType: number, payload: Uint8Array, { decrypt }: Encryption): Promise<void> => {
    const plain = await decrypt(payload).catch(() => undefined)
    if (plain === undefined) return lose('what the agent sent could not be decrypted')
    deliver(payloadType, plain)
  }
  const hear = ({ payloadType = 0, payload }: Frame): Promise<void> | undefined => {
    switch (payloadType) {
      case PAYLOAD.output:
      case PAYLOAD.stderr:
      case PAYLOAD.exitCode:
        if (encryption !== undefined) return open(payloadType, payload, encryption)
        deliver(payloadType, payload)
        break
      case PAYLOAD.handshakeRequest:
        if (phase !== 'none') break
        phase = 'handshaking'
        keyboard.handshaking()
        return shakeHands(payload)
      case PAYLOAD.challengeRequest:
        return encryption && meetChallenge(payload, encryption)
      case PAYLOAD.handshakeComplete:
        phase = 'complete'
        keyboard.ready()
    }
    return undefined
  }
  return { keyboard, hear, failure: () => failure, exitCode: () => exitCode }
}

/** Exactly one end, after which nothing is sent; where it is not the service's own, the session is terminated. */
const createEnding = (sessionId: string, ports: SessionPorts, stop: () => void) => {
  let resolve: (end: SessionEnd) => void = () => undefined
  const end = new Promise<SessionEnd>(settle => {
    resolve = settle
  })
  const cancels: (() => void)[] = []
  let isOver = false
  const begin = (): boolean => {
    if (isOver) return false
    isOver = true
    for (const cancel of cancels) cancel()
    stop()
    return true
  }
  const close = (reason: string, { failure, exitCode }: Outcome): void => {
    const code = exitCode()
    const said = failure() ?? reason
    if (begin()) resolve({ kind: 'closed', reason: said, ...(code !== undefined && { exitCode: code }) })
  }
  const lose = (why: unknown): void => {
    if (!begin()) return
    const reason = typeof why === 'string' ? why : `something went wrong (${String(why)})`
    const told = (isTerminated: boolean): void => {
      cancel()
      resolve({ kind: 'incomplete', reason, isTerminated })
    }
    const cancel = ports.after(TERMINATE_MS, () => told(false))
    ports.terminate(sessionId).then(
      () => told(true),
      () => told(false),
    )
  }
  return { end, isOver: () => isOver, close, lose, cancelWith: (cancel: () => void) => cancels.push(cancel) }
}
