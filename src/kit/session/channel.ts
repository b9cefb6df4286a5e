// The client of one session. It acknowledges every message, also repeated ones, and delivers the bytes in order, each
// once. The end is "closed" only if Session Manager closed the channel and no message is missing.
import { createAttachment } from './attachment.ts'
import { createConversation } from './conversation.ts'
import { createEnding } from './ending.ts'
import { decodeFrame, encodeFrame, type Frame, MAX_FRAME_BYTES } from './frame.ts'
import { createIncoming } from './incoming.ts'
import { CTRL_C, ENTER } from './keyboard.ts'
import { createLink } from './link.ts'
import { acknowledgedNumber, acknowledgement, closingReason } from './messages.ts'
import { createOutgoing } from './outgoing.ts'
import { createOutput } from './output.ts'
import type { SessionPorts } from './ports.ts'
import type { Session, SessionOptions, SessionRequest } from './session.ts'

const PAUSE_MS = 60_000
/** The size of the output buffer: room for the maximum number of early messages, at 1 KB each from the agent. */
const BUFFER_BYTES = 16 * MAX_FRAME_BYTES

export const openSession = (request: SessionRequest, ports: SessionPorts, options: SessionOptions = {}): Session => {
  const room = options.bufferBytes ?? BUFFER_BYTES
  const output = createOutput()
  const incoming = createIncoming()
  const ending = createEnding(request.sessionId, ports, () => {
    for (const part of [link, attachment, outgoing, keyboard]) part.stop()
    output.finish()
  })
  const { fail } = ending
  const outgoing = createOutgoing({
    ...ports,
    transmit: bytes => !attachment.isPaused() && link.transmit(bytes),
    gaveUp: () => fail('the container’s agent stopped acknowledging input'),
  })
  const attachment = createAttachment(ports, options.pauseMs ?? PAUSE_MS, { lost: fail, resumed: outgoing.resend })
  const conversation = createConversation(request, ports, { output, outgoing, fail })
  const { keyboard } = conversation

  let isBusy = false
  let closing: string | undefined
  const drain = () => {
    while (!isBusy && !ending.isOver()) {
      const frame = incoming.take()
      if (frame === undefined) break
      const work = conversation.handle(frame)
      if (work === undefined) continue
      isBusy = true
      void work.catch(fail).then(continueDraining)
    }
    if (closing === undefined || isBusy) return
    if (incoming.hasGap()) return fail('the session closed before all output arrived')
    ending.close(closing, conversation)
  }
  const continueDraining = (): void => {
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
        attachment.attached()
        return arrived(frame)
      case 'acknowledge': {
        attachment.attached()
        const number = acknowledgedNumber(frame.payload)
        if (number === undefined) return
        outgoing.acknowledged(number)
        return keyboard.acknowledged(number)
      }
      case 'start_publication':
        attachment.attached()
        return keyboard.attached()
      case 'pause_publication':
        return attachment.paused()
      case 'channel_closed':
        closing ??= closingReason(frame.payload)
        return drain()
    }
  }
  const link = createLink(request, ports, { received, reopened: outgoing.resend, lost: fail })
  if (options.deadline !== undefined)
    ending.cancelWith(ports.after(options.deadline - ports.now(), () => fail('its deadline passed')))
  return {
    output,
    end: ending.end,
    interrupt: () => keyboard.press(CTRL_C),
    enter: () => keyboard.press(ENTER),
    terminate: async () => {
      fail('the session was terminated')
      await ending.end
    },
  }
}
