// /ecs capacity set: switches the capacity providers or the launch type of a service, which replaces every task.

import { refuseStrategy, refuseSwitch } from '../../features/capacity/lint-strategy.ts'
import { type Capacity, loadSwitch, SWITCH_READS } from '../../features/capacity/load-capacity.ts'
import { planSwitch, type Wanted, wordsBefore } from '../../features/capacity/plan-capacity.ts'
import { isSameStrategy, PRESETS, type Strategy } from '../../features/capacity/strategy.ts'
import { isSwitched, watchSwitch } from '../../features/capacity/watch-switch.ts'
import { type StrategyText, strategy as strategyKind } from '../../kit/language/kinds/strategy.ts'
import { isProblem, isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'

export const setCapacity = mutation({
  name: 'capacity set',
  summary: 'Switch the capacity providers of a service; replaces every task',
  args: { service: { kind: 'service' }, strategy: { kind: 'strategy' } },
  options: { for: { kind: 'duration', hint: 'temporary: return after this long' } },
  examples: [
    'capacity set orders-api fargate=1:2 spot=3',
    'capacity set orders-api on-demand --reason "Spot is scarce"',
  ],
  reads: SWITCH_READS,
  writes: ['ecs:UpdateService'],
  role: 'deployer',
  load: ({ service }, read, asker) => loadSwitch(service, read, asker),

  plan: ({ strategy, for: minutes }, state: Capacity) => {
    const refusal = refuseSwitch(state, minutes !== undefined)
    if (refusal !== undefined) return refusal
    const wanted = wantedOf(strategy, state.presets)
    if (isRefusal(wanted)) return wanted
    if (wanted.kind === 'launch type' && minutes !== undefined)
      return refuse('A launch type cannot be set for a time.', 'Leave out `--for`, or name providers.')
    return refuseWanted(state, wanted) ?? planSwitch(state, wanted, minutes)
  },

  applied: (_call, plan, read) => isSwitched(plan, read),
  settled: watchSwitch,
})

/** The strategy that a preset means. The configuration's presets come first. */
const wantedOf = (given: StrategyText, own: Capacity['presets']): Wanted | Refusal => {
  if (given.kind === 'launch type') return given
  if (given.kind === 'providers') return { kind: 'strategy', strategy: given.items }
  const known = presetsOf(own)
  const strategy = Object.hasOwn(known, given.name) ? known[given.name] : undefined
  return strategy === undefined
    ? refuse(
        `There is no preset \`${given.name}\`.`,
        `There are ${Object.keys(known)
          .map(name => `\`${name}\``)
          .join(', ')}. Or write providers: \`fargate=1:2 spot=3\`.`,
      )
    : { kind: 'strategy', strategy }
}

const presetsOf = (own: Capacity['presets']): Readonly<Record<string, Strategy>> => ({
  ...PRESETS,
  ...Object.fromEntries(
    Object.entries(own).flatMap(([name, text]) => {
      const parsed = strategyKind.parse(text)
      return isProblem(parsed) || parsed.kind !== 'providers' ? [] : [[name, parsed.items]]
    }),
  ),
})

const refuseWanted = (state: Capacity, wanted: Wanted): Refusal | undefined => {
  const { launchType, detail } = state.service
  const name = `*${detail.service.ref.service}*`
  if (wanted.kind === 'strategy')
    return isSameStrategy(wanted.strategy, detail.service.strategy ?? [])
      ? refuse(`${name} has this capacity already: ${wordsBefore(state)}.`, 'Nothing to change.')
      : refuseStrategy(state, wanted.strategy)
  if (launchType === wanted.launchType)
    return refuse(`${name} has the launch type ${launchType} already.`, 'Nothing to change.')
  return launchType === undefined
    ? undefined
    : refuse(
        `ECS cannot switch ${name} from the launch type ${launchType} to another one.`,
        `Use a capacity provider instead: \`/ecs capacity set ${detail.service.ref.service} ${wanted.launchType === 'FARGATE' ? 'fargate=1' : '<provider>=1'}\`.`,
      )
}
