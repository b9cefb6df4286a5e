// /ecs halt: blocks every change until someone runs /ecs resume.

import { refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const halt = setting({
  name: 'halt',
  summary: 'Block every change until someone resumes',
  args: {},
  options: { reason: { kind: 'text', hint: 'reason, shown to everyone whose change is refused' } },
  examples: ['halt --reason "incident 812"'],
  reads: [],
  right: 'anyone',
  change: ({ reason }, { actor, facts }) => {
    if (reason === undefined)
      return refuse('A halt needs a reason.', 'Add `--reason "…"`; everyone whose change is refused sees it.')
    if (facts.halted !== undefined) return refuse(`All changes are already halted: ${facts.halted}.`)
    return { change: { kind: 'halt', reason }, text: `*All changes are halted* by ${actor.name}: ${reason}` }
  },
})
