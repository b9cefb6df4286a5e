// Draws any kind of picture as a PNG; loaded only when one is sent.

import type { Picture } from '../../model/ports/message.ts'
import { drawEvents } from './events.ts'
import { drawUsage } from './usage.ts'

/** PNG bytes. */
export const draw = ({ data }: Picture): Uint8Array => ('panels' in data ? drawUsage(data) : drawEvents(data))
