// Every kind of picture, drawn: loaded only where one is sent.

import type { Picture } from '../../model/ports/message.ts'
import { drawEvents } from './events.ts'
import { drawUsage } from './usage.ts'

/** The bytes of a PNG. */
export const draw = ({ data }: Picture): Uint8Array => ('panels' in data ? drawUsage(data) : drawEvents(data))
