// /ecs audit: the recorded changes of a service, with requesters and approvers, or the records of one operation.

import { recordsAbout, recordsOf } from '../engine/audit/audit.ts'
import { operationsIn, renderAudit, renderOperation } from '../engine/audit/render-audit.ts'
import { accessOf } from '../engine/rules/access.ts'
import { maySeeTarget } from '../engine/rules/place-access.ts'
import { fullName, parseTarget, resolveTarget, targetOffers } from '../kit/language/target.ts'
import { isProblem, refuse } from '../model/errors.ts'
import { query } from './command.ts'

/** Operations on one phone screen, and with `--more`. */
const MOST = 8
const MOST_WITH_MORE = 40
/** An operation has an intent and an outcome; a temporary change has more. */
const RECORDS_EACH = 4

export const audit = query({
  name: 'audit',
  summary: 'Show who changed a service and who approved it, or one operation',
  args: { about: { kind: 'about' } },
  options: { more: { kind: 'flag', hint: 'earlier operations, too' } },
  examples: ['audit orders-api', 'audit 8fac260597f6'],
  reads: [],
  load: async ({ about, more }, read, { store, facts, config, who, again }) => {
    const target = parseTarget(about)
    const { refs } = await read.index()
    const seen = refs.filter(one => accessOf(who.actor, 'viewer', one, config, facts).kind === 'allowed')
    const resolved = isProblem(target) ? undefined : resolveTarget(target, seen)
    const ref = resolved?.kind === 'one' ? resolved.ref : undefined
    if (resolved?.kind === 'several')
      return refuse(
        `*${about}* matches ${resolved.refs.length} services.`,
        'Which one?',
        targetOffers(resolved.refs, one => `audit ${fullName(one)}`),
      )
    const most = more ? MOST_WITH_MORE : MOST
    const limit = (most + 1) * RECORDS_EACH
    const [ofTarget, ofOperation] = await Promise.all([
      recordsAbout(store, ref?.arn ?? about, limit),
      ref === undefined ? recordsOf(store, about, limit) : [],
    ])
    const isOperation = ofOperation.length > 0
    const visible = (isOperation ? ofOperation : ofTarget).filter(({ target, services = [target] }) =>
      services.every(one => maySeeTarget(one, who.actor, config, facts)),
    )
    if (visible.length === 0)
      return refuse(`No audit records about *${about}*.`, 'Write a service, or the id that a card prints.')
    const hasMore = !more && operationsIn(visible).length > most
    return { about, records: visible, isOperation, most, ...(hasMore && { more: again({ more: true }) }) }
  },
  render: state => (state.isOperation ? renderOperation(state.about, state.records) : renderAudit(state)),
})
