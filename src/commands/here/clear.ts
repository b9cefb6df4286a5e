// /ecs here clear: removes the channel's defaults for bare service names.

import { refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

export const clearHere = setting({
  name: 'here clear',
  summary: 'Remove this channel’s defaults',
  args: {},
  options: {},
  examples: ['here clear'],
  reads: [],
  right: 'defaults',
  change: (_values, { here, channel }) =>
    here === undefined
      ? refuse('This channel has no defaults.')
      : { change: { kind: 'forget here', channel }, text: 'This channel no longer has defaults for bare names.' },
})
