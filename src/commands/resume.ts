// /ecs resume: lets changes go on after a halt.

import { refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const resume = setting({
  name: 'resume',
  summary: 'Let changes go on after a halt',
  args: {},
  options: {},
  examples: ['resume'],
  reads: [],
  change: (_, { actor, facts }) => {
    if (facts.halted === undefined) return refuse('Nothing is halted.')
    if (facts.halted.startsWith('the switch'))
      return refuse(`It cannot be resumed here: ${facts.halted}.`, 'Set that parameter to `off`.')
    return { change: { kind: 'resume' }, text: `Changes go on: ${actor.name} ended the halt (${facts.halted}).` }
  },
})
