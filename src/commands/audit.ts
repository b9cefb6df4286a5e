// /ecs audit: the recorded changes of a service, with requesters and approvers, or the records of one operation.

import { recordsAbout } from '../engine/audit/audit.ts'
import { renderAudit } from '../engine/audit/render-audit.ts'
import { accessOf } from '../engine/rules/access.ts'
import { maySeeTarget } from '../engine/rules/place-access.ts'
import { parseTarget, resolveTarget } from '../kit/language/target.ts'
import { isProblem, refuse } from '../model/errors.ts'
import { query } from './command.ts'

const MOST = 15

export const audit = query({
  name: 'audit',
  summary: 'Show who changed a service and who approved it, or one operation',
  args: { about: { kind: 'about' } },
  options: {},
  examples: ['audit orders-api', 'audit 8fac260597f61e226c49b834658e20af34e380b7'],
  reads: [],
  load: async ({ about }, read, { store, facts, config, who }) => {
    const target = parseTarget(about)
    const { refs } = await read.index()
    const seen = refs.filter(one => accessOf(who.actor, 'viewer', one, config, facts).kind === 'allowed')
    const resolved = isProblem(target) ? undefined : resolveTarget(target, seen)
    const ref = resolved?.kind === 'one' ? resolved.ref : undefined
    if (resolved?.kind === 'several')
      return refuse(`*${about}* matches ${resolved.refs.length} services.`, 'Write `account.region/cluster/service`.')
    const records = await recordsAbout(store, ref?.arn ?? about, MOST)
    const visible = records.filter(({ target, services = [target] }) =>
      services.every(one => maySeeTarget(one, who.actor, config, facts)),
    )
    return visible.length > 0
      ? { about, records: visible }
      : refuse(`No audit records about *${about}*.`, 'Write a service, or the full id of an operation.')
  },
  render: state => renderAudit(state.about, state.records),
})
