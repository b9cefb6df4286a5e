// Adds the page and the control API to a sandbox, for `npm start` and the browser tests.
import { createControlRoute } from '../control/api.ts'
import { createPanel } from '../control/panel.ts'
import type { Sandbox } from '../sandbox.ts'
import { createUi } from './server.ts'

export type ServedPage = {
  /** Returns a link that opens the page in one browser. An earlier link that was not used no longer works. */
  readonly newLink: () => string
  /** The token of the control API, for the header `x-quarterdeck-token`. */
  readonly controlToken: string
}

export const servePage = async (sandbox: Sandbox): Promise<ServedPage> => {
  const panel = createPanel(sandbox)
  const { route, access, ready } = createUi({ slack: sandbox.slack, control: panel })
  sandbox.routes.push(route, createControlRoute(sandbox, panel, access))
  await ready
  return { newLink: () => access.newLink(sandbox.url), controlToken: access.controlToken }
}
