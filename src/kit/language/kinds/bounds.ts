// The argument kind for autoscaling bounds: minimum and maximum capacity, such as `4..20`.

import type { Bounds } from '../../../model/ecs.ts'
import { type Problem, problem } from '../../../model/errors.ts'
import { MOST_TASKS } from './count.ts'
import { type Kind, withoutMarks } from './kind.ts'

const BOUNDS_HELP = 'Write minimum and maximum: `4..20`.'

const parseBounds = (text: string): Bounds | Problem => {
  const [, lower = '', upper = ''] = /^(\d{1,9})(?:\.\.\.?|…)(\d{1,9})$/.exec(text) ?? []
  const [min, max] = [Number(lower), Number(upper)]
  if (lower === '' || upper === '')
    return problem(`\`${text.slice(0, 50)}\` is not a minimum and a maximum.`, BOUNDS_HELP)
  if (min > max)
    return problem(`The minimum (${min}) is more than the maximum (${max}).`, `Did you mean \`${max}..${min}\`?`)
  if (max === 0)
    return problem(
      'A minimum and maximum of 0 would stop the service, and autoscaling could not start it.',
      'To stop it: `scale <service> 0`.',
    )
  if (max > MOST_TASKS) return problem(`${max} tasks are more than ECS runs in one service (5,000).`, BOUNDS_HELP)
  return { min, max }
}

export const bounds: Kind<Bounds> = {
  usage: '<min..max>',
  example: '4..20',
  help: withoutMarks(BOUNDS_HELP),
  parse: parseBounds,
  print: ({ min, max }) => `${min}..${max}`,
}
