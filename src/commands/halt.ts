// /ecs halt: blocks every change until someone runs /ecs resume.

import { MOST_REASON } from '../engine/rules/place-locks.ts'
import { codeText, plainName } from '../kit/messages/text.ts'
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
  change: ({ reason }, { actor, facts, halt: before }) => {
    if (reason === undefined)
      return refuse('A halt needs a reason.', 'Add `--reason "…"`; everyone whose change is refused sees it.', [
        { label: 'Add Reason', invocation: 'halt', asks: true },
      ])
    const holders = before === undefined ? [] : [before.by, ...(before.also ?? [])]
    if (holders.some(({ user }) => user === actor.user) || (facts.halted !== undefined && before === undefined))
      return refuse(`All changes are already halted: ${facts.halted}.`)
    if (before !== undefined)
      return {
        change: { kind: 'halt', reason },
        text: `${plainName(actor.name)} halted, too: ${codeText(reason, MOST_REASON)}. ${plainName(before.by.name)} cannot end the halt alone now.`,
      }
    return {
      change: { kind: 'halt', reason },
      text: `*All changes are halted* by ${plainName(actor.name)}: ${codeText(reason, MOST_REASON)}`,
    }
  },
})
