// The argument kind for the direction of autoscaling: scale-in, scale-out or scheduled actions. If omitted: scale-in
// and scale-out.

import { problem } from '../../../model/errors.ts'
import type { Kind } from './kind.ts'

const DIRECTIONS = ['in', 'out', 'scheduled'] as const
export type Direction = (typeof DIRECTIONS)[number]

export const direction: Kind<Direction> = {
  usage: '[in|out|scheduled]',
  example: 'in',
  choices: DIRECTIONS,
  parse: text =>
    DIRECTIONS.find(direction => direction === text) ??
    problem(`\`${text.slice(0, 50)}\` is not a direction.`, 'Write `in`, `out` or `scheduled`, or leave it out.'),
  print: direction => direction,
}
