// Adds the page and the control API to a sandbox, for `npm start` and the browser tests.
import { createControlRoute } from '../control/api.ts'
import { createPanel } from '../control/panel.ts'
import type { Sandbox } from '../sandbox.ts'
import { createUi } from './server.ts'

/** Adds both to a sandbox. Returns the token of this run, which `/_control` requires. */
export const servePage = async (sandbox: Sandbox): Promise<string> => {
  const panel = createPanel(sandbox)
  const ui = createUi({ slack: sandbox.slack, control: panel })
  sandbox.routes.push(ui.route, createControlRoute(sandbox, panel, ui.token))
  await ui.ready
  return ui.token
}
