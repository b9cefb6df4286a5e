// What else is going on with the service of a plan: leases that run, and plans that wait for consent. They hold no lock, so
// every new plan says that they are there.
import type { Key, Store } from './gateways/store.ts'
import { type Book, leasesOf } from './lease.ts'
import { leaseLine } from './messages/leases.ts'
import { plain } from './messages/markup.ts'
import type { Plan } from './plan.ts'
import { bookKey } from './records.ts'

type Pending = { readonly title: string; readonly requester: string }

const pendingOf = (serviceArn: string): string => `pending#${serviceArn}`
export const pendingKey = (serviceArn: string, operation: string): Key => ({ pk: pendingOf(serviceArn), sk: operation })

export const pendingFrom = ({ title }: Plan, requester: string): Pending => ({ title: plain(title), requester })

const MOST = 5

/** A sentence each. `operation`: whose plan it is, which is no company to itself. */
export const companyOf = async (
  { target, command }: Plan,
  operation: string,
  store: Pick<Store, 'get' | 'list'>,
): Promise<readonly string[]> => {
  const [book, pending] = await Promise.all([
    command.startsWith('lease ') ? undefined : store.get<Book>(bookKey(target.arn)),
    store.list<Pending>(pendingOf(target.arn), { limit: MOST }),
  ])
  const leases = book === undefined ? [] : leasesOf(book.value).filter(lease => lease.operation !== operation)
  return [
    ...leases.slice(0, MOST).map(lease => `There is a lease on it: ${leaseLine(lease)}.`),
    ...pending
      .filter(({ key }) => key.sk !== operation)
      .map(({ value }) => `Waiting for consent, too: “${value.title}”, asked for by ${value.requester}.`),
  ]
}
