// The registry as data. build.ts writes the result as JSON into the ingress bundle in place of this module.
import { declare } from './command.ts'
import { commands } from './commands/index.ts'
import type { Declaration } from './kit/language/declaration.ts'

export const declarations: readonly Declaration[] = commands.map(declare)
