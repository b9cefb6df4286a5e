// /ecs resume: ends a halt, so that changes are possible again.

import { refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const resume = setting({
  name: 'resume',
  summary: 'Allow changes again after a halt',
  args: {},
  options: {},
  examples: ['resume'],
  reads: [],
  right: 'resume',
  change: (_, { actor, facts }) => {
    if (facts.halted === undefined) return refuse('Changes are not halted.')
    if (facts.halted.startsWith('the switch'))
      return refuse(`This halt cannot be ended here: ${facts.halted}.`, 'Set that parameter to `off`.')
    return {
      change: { kind: 'resume' },
      text: `Changes are allowed again: ${actor.name} ended the halt (${facts.halted}).`,
    }
  },
})
