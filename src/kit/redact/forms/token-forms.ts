// The public formats of tokens, as their providers document or print them. The list was not compared with the lists of
// gitleaks or secretlint. Each expression runs in linear time: it begins with fixed text and has no nested repetition.

/** Formats of tokens. No letter or digit may come directly before such a token. */
const FORMS: readonly string[] = [
  // GitHub
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_[A-Za-z0-9_]{20,}',
  // GitLab
  'gl(?:pat|ptt|dt|rt|soat|ft|agent|imt|oas|cbt|ffct)-[\\w.-]{16,}',
  'GR1348941[\\w-]{20,}',
  // Slack; its webhook URLs are in URLS
  'xox[abeoprscd](?:\\.xox[bp])?-[\\w-]{10,}',
  'xapp-[\\w-]{10,}',
  // Stripe: secret and restricted keys, secrets of webhooks
  '[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,}',
  'whsec_[A-Za-z0-9+/=]{20,}',
  // Google
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{20,}',
  'GOCSPX-[\\w-]{20,}',
  '1//0[\\w-]{30,}',
  // SendGrid, Vault, Hugging Face, Shopify, DigitalOcean, PyPI, npm
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'hv[sbr]\\.[\\w-]{20,}',
  's\\.(?=[A-Za-z]*\\d)(?=[a-z\\d]*[A-Z])[A-Za-z0-9]{24}(?![\\w.])',
  'hf_[A-Za-z0-9]{30,}',
  'api_org_[A-Za-z0-9]{30,}',
  'shp(?:at|ca|pa|ss|tka)_[a-fA-F0-9]{32,}',
  'do[opr]_v1_[a-f0-9]{40,}',
  'pypi-AgE[\\w-]{30,}',
  'npm_[A-Za-z0-9]{30,}',
  // Atlassian, Grafana, Terraform Cloud
  'AT(?:ATT3|CTT3|BB|SCT)[\\w=.-]{20,}',
  'gl(?:sa|c)_[\\w+/=]{30,}',
  '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{40,}',
  // OpenAI, Anthropic and similar; a capital or a digit is required, because names of CSS classes have neither
  'sk-(?:proj-|svcacct-|admin-|ant-(?:api|admin)\\d\\d-)[\\w-]{20,}',
  'sk-(?=[\\w-]{0,80}\\d)(?=[\\w-]{0,80}[A-Z])[\\w-]{20,}',
  'sk-(?=[a-z]{0,30}\\d)[a-z0-9]{32,}',
  'xai-[A-Za-z0-9]{40,}',
  'gsk_[A-Za-z0-9]{40,}',
  'r8_[A-Za-z0-9]{30,}',
  'nvapi-[\\w-]{40,}',
  // Other providers
  'lin_api_[A-Za-z0-9]{30,}',
  'ntn_[A-Za-z0-9]{30,}',
  'secret_[A-Za-z0-9]{43}',
  'PMAK-[a-f0-9]{24}-[a-f0-9]{34}',
  'dapi[a-f0-9]{32}',
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{30,}',
  'SK[0-9a-f]{32}',
  'key-[0-9a-f]{32}',
  '[0-9a-f]{32}-us\\d{1,2}(?!\\w)',
  'NRAK-[A-Z0-9]{20,}',
  'sntry[su]_[\\w+/=]{30,}',
  '\\d{8,10}:AA[\\w-]{32,34}',
  'AGE-SECRET-KEY-1[A-Z0-9]{58}',
  'dt0c01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
  'sq0(?:atp|csp)-[\\w-]{20,}',
  'figd_[\\w-]{30,}',
  'dckr_(?:pat|oat)_[\\w-]{20,}',
  'pul-[a-f0-9]{40}',
  'rubygems_[a-f0-9]{40,}',
  'sbp_[a-f0-9]{40}',
  'pscale_(?:tkn|pw|oauth)_[\\w.-]{30,}',
  'tskey-[a-z]{1,10}-[\\w-]{20,}',
  'AKCp[A-Za-z0-9]{40,}',
  '[MNO][A-Za-z\\d_-]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,}',
]

/** Matches URLs whose path or query is a secret. The secret is the first group. */
const URLS: readonly RegExp[] = [
  /hooks\.slack(?:-gov)?\.com\\{0,4}\/(?:services|workflows|triggers)\\{0,4}\/((?:[\w-]|\\{0,4}\/){20,})/g,
  /discord(?:app)?\.com\\{0,4}\/api\\{0,4}\/(?:v\d{1,2}\\{0,4}\/)?webhooks\\{0,4}\/(\d{5,25}\\{0,4}\/[\w-]{20,})/g,
  /[a-z0-9-]{1,60}\.webhook\.office\.com\\{0,4}\/webhookb2\\{0,4}\/((?:[\w@-]|\\{0,4}\/){20,})/g,
  /[?&;](?:amp;)?(?:sig|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature|Signature)=([\w%+/=.-]{16,})/g,
]

/** Matches the start of any format. A text without a match is not searched further. */
export const MAY_HAVE_FORM =
  /(?<![A-Za-z0-9_])(?:gh[pousr]_|github_pat|gl[a-z]{1,5}[-_]|GR13|xox|xapp-|[rs]k_|whsec|AIza|ya29|GOCSPX|1\/\/0|SG\.|hv[sbr]\.|s\.[A-Za-z0-9]{24}|hf_|api_org|shp[a-z]{2,3}_|do[opr]_v1|pypi-|npm_|AT[ACBS][TBC]|sk-|xai-|gsk_|r8_|nvapi|lin_api|ntn_|secret_|PMAK|dapi|dp\.|SK[0-9a-f]{32}|key-|[0-9a-f]{32}-us|NRAK|sntry|\d{8,10}:AA|AGE-S|dt0c|sq0|figd|dckr|pul-|rubygems|sbp_|pscale|tskey|AKCp|[A-Za-z0-9]{14}\.atlas|[MNO][A-Za-z\d_-]{23,25}\.)|hooks\.slack|webhook|[?&;](?:amp;)?(?:sig|X-|Signature)/

export const TOKEN = new RegExp(`(?<![A-Za-z0-9_])(?:${FORMS.join('|')})`, 'g')
export const TOKEN_URLS = URLS
