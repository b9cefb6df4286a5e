// Handles the agent's messages of one session: handshake, encryption, output and exit code.
import type { Encryption } from './encryption.ts'
import type { SessionOutcome } from './ending.ts'
import type { Frame } from './frame.ts'
import { answerChallenge, answerHandshake } from './handshake.ts'
import { createKeyboard } from './keyboard.ts'
import { exitCodeOf, PAYLOAD } from './messages.ts'
import type { createOutgoing } from './outgoing.ts'
import type { createOutput } from './output.ts'
import type { SessionPorts } from './ports.ts'
import type { SessionRequest } from './session.ts'

/**
 * Milliseconds that the agent has to close the session after a failed handshake. Usually it closes the session at once.
 */
const AFTER_FAILURE_MS = 5_000

type Conversation = SessionOutcome & {
  readonly keyboard: ReturnType<typeof createKeyboard>
  /** Handles one message; called in the order of the messages. Returns a promise if the next message must wait. */
  readonly handle: (frame: Frame) => Promise<void> | undefined
}

type ConversationPorts = {
  readonly output: ReturnType<typeof createOutput>
  readonly outgoing: ReturnType<typeof createOutgoing>
  readonly fail: (why: unknown) => void
}

export const createConversation = (
  { sessionId, targetId }: SessionRequest,
  ports: SessionPorts,
  { output, outgoing, fail }: ConversationPorts,
): Conversation => {
  let phase: 'none' | 'handshaking' | 'complete' = 'none'
  let encryption: Encryption | undefined
  let failure: string | undefined
  let exitCode: number | undefined
  const type = (keys: Uint8Array): void => {
    if (encryption === undefined) return void outgoing.send(PAYLOAD.output, keys)
    encryption.encrypt(keys).then(sealed => outgoing.send(PAYLOAD.output, sealed), fail)
  }
  const keyboard = createKeyboard(ports, outgoing.send, type)
  const handleHandshake = async (payload: Uint8Array): Promise<void> => {
    const context = { 'aws:ssm:SessionId': sessionId, 'aws:ssm:TargetId': targetId ?? '' }
    const answer = await answerHandshake(payload, context, ports.dataKey)
    if (answer === undefined) return fail('the agent sent an invalid handshake')
    encryption = answer.encryption
    failure = answer.failure
    outgoing.send(PAYLOAD.handshakeResponse, answer.response)
    if (failure !== undefined) ports.after(AFTER_FAILURE_MS, () => fail(failure))
  }
  const handleChallenge = async (payload: Uint8Array, keys: Encryption): Promise<void> => {
    const answer = await answerChallenge(payload, keys).catch(() => undefined)
    if (answer === undefined) return fail('the agent’s encryption keys do not match the session’s')
    outgoing.send(PAYLOAD.challengeResponse, answer)
  }
  const deliver = (payloadType: number, payload: Uint8Array): void => {
    if (phase === 'none') keyboard.ready()
    if (payloadType === PAYLOAD.exitCode) exitCode = exitCodeOf(payload)
    else if (payload.length > 0) output.push(payload)
  }
  const open = async (payloadType: number, payload: Uint8Array, { decrypt }: Encryption): Promise<void> => {
    const plain = await decrypt(payload).catch(() => undefined)
    if (plain === undefined) return fail('a message from the agent could not be decrypted')
    deliver(payloadType, plain)
  }
  const handle = ({ payloadType = 0, payload }: Frame): Promise<void> | undefined => {
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
        return handleHandshake(payload)
      case PAYLOAD.challengeRequest:
        return encryption && handleChallenge(payload, encryption)
      case PAYLOAD.handshakeComplete:
        phase = 'complete'
        keyboard.ready()
    }
    return undefined
  }
  return { keyboard, handle, failure: () => failure, exitCode: () => exitCode }
}
