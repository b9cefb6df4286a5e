// /ecs here clear: bare names mean again what they mean everywhere.

import { refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

export const clearHere = setting({
  name: 'here clear',
  summary: 'Take back what was set for this channel',
  args: {},
  options: {},
  examples: ['here clear'],
  reads: [],
  change: (_values, { here, channel }) =>
    here === undefined
      ? refuse('Nothing is set for this channel.')
      : { change: { kind: 'forget here', channel }, text: 'Bare names mean here what they mean everywhere, again.' },
})
