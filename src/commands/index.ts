// The registry: one line a command.
import type { AnyCommand } from '../command.ts'
import { audit } from './audit.ts'
import { halt } from './halt.ts'
import { help } from './help.ts'
import { lock } from './lock.ts'
import { restart } from './restart.ts'
import { resume } from './resume.ts'
import { scale } from './scale.ts'
import { status } from './status.ts'
import { unlock } from './unlock.ts'
import { whoami } from './whoami.ts'

export const commands: readonly AnyCommand[] = [status, scale, restart, lock, unlock, halt, resume, audit, whoami, help]
