import { describe, expect, test } from 'vitest'
import { chosen, searchable, suggest } from '../../../src/functions/ingress/suggest.ts'
import { fullName } from '../../../src/kit/language/target.ts'
import type { ServiceRef } from '../../../src/model/ecs.ts'
import { aRef } from '../../builders.ts'

const everyone = () => true
const services = ['orders-api', 'orders', 'api-orders', 'reorders', 'checkout'].map(service => aRef({ service }))
const entries = searchable([...services, aRef({ service: 'tax', cluster: 'orders' })])
const offered = (text: string, preferred?: (ref: ServiceRef) => boolean) =>
  suggest(entries, text, everyone, preferred).map(({ value }) => value.replace('prod.us-east-1/', ''))

describe('what is offered', () => {
  test('is the name itself, then what begins so, then words, parts, and clusters', () => {
    expect(offered('ORDERS ')).toEqual(['web/orders', 'web/orders-api', 'web/api-orders', 'web/reorders', 'orders/tax'])
  })

  test('is everything in order of names before anything is typed, favourites first', () => {
    expect(offered('', ({ service }) => service === 'checkout').slice(0, 2)).toEqual(['web/checkout', 'web/api-orders'])
  })

  test('forgives a typing error', () => {
    expect(offered('chekout')).toEqual(['web/checkout'])
    expect(offered('xyzzy')).toEqual([])
  })

  test('is what may be seen, and as much as Slack takes', () => {
    const many = searchable(Array.from({ length: 500 }, (_, n) => aRef({ service: `svc-${n}` })))
    const seen = suggest(many, 'svc', ({ service }) => service.endsWith('7'))
    expect(seen).toHaveLength(50)
    expect(suggest(many, 'svc', everyone)).toHaveLength(100)
  })

  test('fits Slack, however long a name is, and is known again', () => {
    const long = aRef({ service: 'x'.repeat(255), cluster: 'y'.repeat(255), arn: 'arn:long' })
    const all = searchable([long])
    const [option] = suggest(all, 'xxx', everyone)
    expect(option?.text.text.length).toBeLessThanOrEqual(75)
    expect(option?.value.length).toBeLessThanOrEqual(150)
    expect(chosen(option?.value ?? '', all)).toBe(fullName(long))
    expect(chosen('web/orders', all)).toBe('web/orders')
  })
})
