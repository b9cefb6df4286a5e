// /ecs capacity escape: moves a service off Fargate Spot for a time, during a Spot drought.

import { refuseStrategy, refuseSwitch } from '../../features/capacity/lint-strategy.ts'
import { type Capacity, loadSwitch, SWITCH_READS } from '../../features/capacity/load-capacity.ts'
import { onDemandNeed } from '../../features/capacity/on-demand-need.ts'
import { planSwitch } from '../../features/capacity/plan-capacity.ts'
import { FARGATE, PRESETS, SPOT, spotTasks } from '../../features/capacity/strategy.ts'
import { isSwitched, watchSwitch } from '../../features/capacity/watch-switch.ts'
import { refuseDeployment, riskOfReplacement } from '../../features/deployments/replacement.ts'
import { durationWords, printDuration } from '../../kit/language/kinds/duration.ts'
import { fullName } from '../../kit/language/target.ts'
import { refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'

const ON_DEMAND = PRESETS['on-demand'] ?? [{ provider: FARGATE, weight: 1, base: 0 }]

export const escapeSpot = mutation({
  name: 'capacity escape',
  summary: 'Move a service off Fargate Spot for a time; replaces every task, and again on return',
  args: { service: { kind: 'set' } },
  options: { for: { kind: 'duration', hint: 'return after this long; else after the longest temporary change' } },
  examples: ['capacity escape orders-api --for 4h', 'capacity escape cluster:web --for 4h'],
  reads: SWITCH_READS,
  writes: ['ecs:UpdateService'],
  role: 'deployer',
  load: ({ service }, read, asker) => loadSwitch(service, read, asker),

  plan: ({ for: minutes }, state: Capacity) => {
    const { strategy = [], ref } = state.service.detail.service
    const refusal = refuseSwitch(state, true)
    if (refusal !== undefined) return refusal
    if (!strategy.some(({ provider }) => provider === SPOT) && spotTasks(state.split) === 0)
      return refuse(`*${ref.service}* does not use Fargate Spot: nothing to escape from.`)
    const time = minutes ?? state.longestMinutes
    return (
      refuseStrategy(state, ON_DEMAND) ?? {
        ...planSwitch(state, { kind: 'strategy', strategy: ON_DEMAND }, time),
        command: 'capacity escape',
        also: ['capacity set', 'restart'],
        invocation: `capacity escape ${fullName(ref)} --for ${printDuration(time)}`,
      }
    )
  },

  many: {
    verb: 'Move off Spot:',
    done: 'on demand',
    lineFor: (ref, { for: minutes }, { config }) =>
      `capacity escape ${fullName(ref)} --for ${printDuration(minutes ?? config.leases.longestMinutes)}`,
    weigh: (service, { for: minutes }, { config }) => {
      const { strategy = [], isExpress, desired } = service
      if (isExpress) return refuse('It is an Express service.')
      if (desired === 0 || !strategy.some(({ provider, weight, base }) => provider === SPOT && weight + base > 0))
        return refuse('It does not use Fargate Spot.')
      const refusal = refuseDeployment(service, 'moved')
      return (
        refusal ?? {
          risk: riskOfReplacement(service),
          role: 'deployer',
          also: ['capacity set', 'restart'],
          totalMinutes: minutes ?? config.leases.longestMinutes,
        }
      )
    },
    undo: 'each returns by itself, or `capacity return` of all',
    takeBack: set => `capacity return ${set}`,
    sums: onDemandNeed,
    included: ({ for: minutes }, { config }) => [
      `each returns after ${durationWords(minutes ?? config.leases.longestMinutes)}; replaces its tasks again`,
    ],
  },
  applied: (_call, plan, read) => isSwitched(plan, read),
  settled: watchSwitch,
})
