// Every kind of picture, drawn: loaded only where one is sent.
import type { Picture } from '../command.ts'
import { drawEvents } from './events.ts'
import { drawUsage } from './usage.ts'

/** The bytes of a PNG. */
export const draw = ({ data }: Picture): Uint8Array => ('usage' in data ? drawUsage(data) : drawEvents(data))
