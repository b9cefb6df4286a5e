// Encodes AWS event streams: frames with headers and JSON bodies (application/vnd.amazon.eventstream).
import { EventStreamCodec } from '@smithy/core/event-streams'

const codec = new EventStreamCodec(
  bytes => Buffer.from(bytes).toString('utf8'),
  text => new Uint8Array(Buffer.from(text, 'utf8')),
)

type What = { readonly event: string } | { readonly exception: string }

const text = (value: string) => ({ type: 'string' as const, value })

export const encodeEvent = (what: What, body: object): Uint8Array =>
  codec.encode({
    headers: {
      ':message-type': text('event' in what ? 'event' : 'exception'),
      ...('event' in what ? { ':event-type': text(what.event) } : { ':exception-type': text(what.exception) }),
      ':content-type': text('application/json'),
    },
    body: new Uint8Array(Buffer.from(JSON.stringify(body))),
  })
