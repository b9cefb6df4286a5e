// /ecs audit: who did what to a service, as whom, with whose consent; or what became of one operation.

import { recordsAbout } from '../engine/audit/audit.ts'
import { renderAudit } from '../engine/audit/render-audit.ts'
import { maySeeTarget } from '../engine/rules/place-access.ts'
import { parseTarget, resolveTarget } from '../kit/language/target.ts'
import { isProblem, refuse } from '../model/errors.ts'
import { query } from './command.ts'

const MOST = 15

export const audit = query({
  name: 'audit',
  summary: 'Show who changed a service, with whose consent, or one operation',
  args: { about: { kind: 'about' } },
  options: {},
  examples: ['audit orders-api', 'audit 8fac260597f61e226c49b834658e20af34e380b7'],
  reads: [],
  load: async ({ about }, read, { store, facts, config, who }) => {
    const target = parseTarget(about)
    const resolved = isProblem(target) ? undefined : resolveTarget(target, (await read.index()).refs)
    const ref = resolved?.kind === 'one' ? resolved.ref : undefined
    if (resolved?.kind === 'several')
      return refuse(`*${about}* names ${resolved.refs.length} services.`, 'Write `account.region/cluster/service`.')
    const records = await recordsAbout(store, ref?.arn ?? about, MOST)
    const seen = records.filter(({ target: of }) => maySeeTarget(of, who.actor, config, facts))
    return seen.length > 0
      ? { about, records: seen }
      : refuse(`Nothing is recorded about *${about}*.`, 'Write a service, or the whole id of an operation.')
  },
  render: state => renderAudit(state.about, state.records),
})
