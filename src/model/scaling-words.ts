// Renders counts of tasks, autoscaling bounds, suspensions and times as text.

import type { Bounds, Suspensions } from './ecs.ts'

export const tasks = (count: number): string => `${count} ${count === 1 ? 'task' : 'tasks'}`

export const inBounds = (count: number, { min, max }: Bounds): number => Math.min(Math.max(count, min), max)

export const boundsText = ({ min, max }: Bounds): string => `${min}..${max}`

const NAMES = { in: 'scale-in', out: 'scale-out', scheduled: 'scheduled scaling' } as const

export const suspendedNames = (suspended: Suspensions): string =>
  (['in', 'out', 'scheduled'] as const)
    .filter(way => suspended[way])
    .map(way => NAMES[way])
    .join(', ')

export const timeText = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`

/** Such as `4` or `0.25`. */
export const vcpuText = (count: number): string => Number(count.toFixed(2)).toLocaleString('en')
