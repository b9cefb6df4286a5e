// The picture of the ten greatest savings: what each service costs a month now, and after the change.

import { fullName } from '../../kit/language/target.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { type Finding, moneyText } from './findings.ts'
import type { CostView } from './load-findings.ts'

const MOST_ROWS = 10

/** Only findings of one currency whose cost is known: a saving with its percentage. */
export const pictureOf = ({ findings, name }: CostView): Pick<Rendered, 'pictures'> => {
  const currency = findings[0]?.saving?.money.currency
  const rows = findings.flatMap(finding => rowOf(finding, currency)).slice(0, MOST_ROWS)
  if (currency === undefined || rows.length === 0) return {}
  return {
    pictures: [
      {
        name: 'cost.png',
        title: `${name}: the greatest savings`,
        alt: `${name}, ${currency} a month, now and after: ${rows.map(({ alt }) => alt).join('; ')}`,
        data: {
          title: `The ${rows.length} greatest savings`,
          where: name,
          series: [`${currency} a month now`, 'After the change'],
          rows: rows.map(({ label, values }) => ({ label, values })),
          note: 'Before discounts, each alone',
        },
      },
    ],
  }
}

const rowOf = ({ ref, saving, kind }: Finding, currency: string | undefined) => {
  if (saving?.percent === undefined || saving.percent <= 0 || saving.money.currency !== currency) return []
  const now = (saving.money.amount * 100) / saving.percent
  const after = Math.max(0, now - saving.money.amount)
  const values = [Math.round(now), Math.round(after)] as const
  const label = `${fullName(ref)} (${kind})`
  return [
    {
      ...{ label, values },
      alt: `${fullName(ref)} ${moneyText({ currency, amount: now })} to ${moneyText({ currency, amount: after })}`,
    },
  ]
}
