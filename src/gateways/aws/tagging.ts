// Reads the tags of services with the Resource Groups Tagging API, 100 services per page, without an SDK client.

import type { Readers } from '../../commands/readers.ts'
import type { TagShard } from '../../features/services/service-index.ts'
import type { Account } from '../../model/account.ts'
import { RemoteError } from '../../model/errors.ts'
import { createSignedPost, envOf, refusedBy, type SignedPost } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'

type Page = {
  readonly PaginationToken?: string
  readonly ResourceTagMappingList?: readonly {
    readonly ResourceARN?: string
    readonly Tags?: readonly { readonly Key: string; readonly Value: string }[]
  }[]
}

/**
 * Creates the reader. It returns tags by `cluster/service`; services that never had tags are missing. `env`: environment
 * variables, which may override endpoints.
 */
export const createTagReader =
  (sessions: Pick<Sessions, 'credentials'>, env: NodeJS.ProcessEnv): Readers['tagsIn'] =>
  async (account: Account, region: string) => {
    const send = createSignedPost('tagging', envOf(env, region, await sessions.credentials(account)))
    const found: Record<string, TagShard['tags'][string]> = {}
    let token = ''
    do {
      const page = await readPage(send, token)
      for (const { ResourceARN = '', Tags = [] } of page.ResourceTagMappingList ?? []) {
        const [, cluster, service] = ResourceARN.split('/')
        if (cluster === undefined || service === undefined || Tags.length === 0) continue
        found[`${cluster}/${service}`] = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))
      }
      token = page.PaginationToken ?? ''
    } while (token !== '')
    return found
  }

const MOST_TRIES = 4

const readPage = async (send: SignedPost, token: string): Promise<Page> => {
  const body = JSON.stringify({
    ResourceTypeFilters: ['ecs:service'],
    ResourcesPerPage: 100,
    ...(token !== '' && { PaginationToken: token }),
  })
  for (let tries = 1; ; tries += 1) {
    const reply = await send('/', body, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
    })
    if (reply.status === 200) return JSON.parse(reply.text) as Page
    const refusal = refusedBy('reading the tags of services: the tagging API', reply)
    if (!(refusal instanceof RemoteError && refusal.passing) || tries === MOST_TRIES) throw refusal
    await new Promise(resolve => setTimeout(resolve, 500 * tries))
  }
}
