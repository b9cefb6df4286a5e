// The declarations of all commands as data. In the ingress bundle, build.ts replaces this module with its result as
// JSON.

import type { Declaration } from '../kit/language/declaration.ts'
import { declare } from './command.ts'
import { commands } from './index.ts'

export const declarations: readonly Declaration[] = commands.map(declare)
