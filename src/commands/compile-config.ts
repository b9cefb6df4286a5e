// Compiles quarterdeck.yaml to a configuration or to a list of problems. It needs the registry, because rules may name
// mutations.

import { type Compiled, compileRules, type Known } from '../engine/rules/config-file.ts'
import { declarations } from './declarations.ts'

export const compileConfig = (text: string, known: Omit<Known, 'mutations'> = {}): Compiled =>
  compileRules(text, {
    ...known,
    mutations: declarations.flatMap(({ kind, name }) => (kind === 'mutation' ? [name] : [])),
  })
