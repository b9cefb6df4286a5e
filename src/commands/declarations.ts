// The registry as data. build.ts writes the result as JSON into the ingress bundle in place of this module.

import type { Declaration } from '../kit/language/declaration.ts'
import { declare } from './command.ts'
import { commands } from './index.ts'

export const declarations: readonly Declaration[] = commands.map(declare)
