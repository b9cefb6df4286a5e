// /ecs halt: nothing changes any more, whoever agrees, until somebody resumes.

import { refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const halt = setting({
  name: 'halt',
  summary: 'Refuse every change until somebody resumes',
  args: {},
  options: { reason: { kind: 'text', hint: 'why; everyone who is refused reads it' } },
  examples: ['halt --reason "incident 812"'],
  reads: [],
  change: ({ reason }, { actor, facts }) => {
    if (reason === undefined)
      return refuse('A halt needs a reason.', 'Add `--reason "…"`: everyone who is refused reads it.')
    if (facts.halted !== undefined) return refuse(`All changes are halted already: ${facts.halted}.`)
    return { change: { kind: 'halt', reason }, text: `*All changes are halted* by ${actor.name}: ${reason}` }
  },
})
