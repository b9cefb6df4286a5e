// The registry: one line a command.
import type { AnyCommand } from '../command.ts'
import { help } from './help.ts'
import { scale } from './scale.ts'
import { status } from './status.ts'

export const commands: readonly AnyCommand[] = [scale, status, help]
