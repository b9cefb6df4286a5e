// The manifest of the Slack app for one deployment.
import { parse } from 'yaml'

/** Stands in manifest.yml for the address of a deployment. */
const PLACEHOLDER = 'https://bot.example/slack/events'
const PATH = '/slack/events'
/** Slack's limit of a request URL (manifest schema 2.0.0). */
const MOST_CHARACTERS = 3_500

const USAGE = 'Usage: npm run --silent manifest -- --url https://<the output SlackUrl of the stack>'

/**
 * `url`: the output `SlackUrl` of the hub's stack, with or without the path of Slack's requests. Slack takes only HTTPS; a query,
 * a fragment or a user is refused, because Slack would send it back to everyone who reads the manifest.
 */
export const manifestFor = (
  manifest: string,
  url: string,
): { readonly yaml: string } | { readonly problem: string } => {
  const address = addressIn(url)
  if (address === undefined) return { problem: `${url === '' ? '' : `${url} is not such an address. `}${USAGE}` }
  const yaml = manifest
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .join('\n')
    .replaceAll(PLACEHOLDER, address)
  // A manifest that Slack cannot read fails here, with its line.
  parse(yaml)
  return { yaml }
}

const addressIn = (text: string): string | undefined => {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined
  if (url.search !== '' || url.hash !== '' || !/^(\/|\/slack\/events)?$/.test(url.pathname)) return undefined
  const address = `${url.origin}${PATH}`
  return address.length > MOST_CHARACTERS ? undefined : address
}
