// Compiles quarterdeck.yaml to a configuration or to a list of problems. It needs the registry, because rules may name
// mutations.

import { type Compiled, compileRules, type Known } from '../engine/rules/config-file.ts'
import { nextFiring } from '../features/scaling/schedule-expression.ts'
import { declarations } from './declarations.ts'

export const compileConfig = (text: string, known: Omit<Known, 'mutations' | 'isCron'> = {}): Compiled =>
  compileRules(text, {
    ...known,
    isCron: expression => nextFiring({ name: '', expression, timezone: 'UTC' }, new Date().toISOString()) !== undefined,
    mutations: declarations.flatMap(({ kind, name }) => (kind === 'mutation' ? [name] : [])),
  })
