import { type Refusal, refuse } from '../wire/refusal.ts';

/** A documented way in which a request fails. Where several share a status, the first is what the status alone stands for. */
interface DocumentedError {
  status: number;
  type: string;
  code: string | null;
  message: string;
}

/** The codes that `<status>:<code>` may name. */
export function codesOf(status: number): string[] {
  return documented.flatMap((error) => {
    return error.status === status && error.code !== null ? [error.code] : [];
  });
}

/** The refusal that a status stands for, or one of its documented codes. */
export function documentedRefusal(status: number, code?: string): Refusal {
  const found = documented.find((error) => {
    return error.status === status && (code === undefined || error.code === code);
  });
  const error = found ?? {
    type: status < 500 ? 'invalid_request_error' : 'server_error',
    code: status < 500 ? null : 'server_error',
    message: `The request was refused with status ${status}, as told to.`,
  };
  const refusal = refuse(status, error.message, { code: error.code });
  refusal.error.type = error.type;
  return refusal;
}

/** Types and codes of the API's guide to its errors: https://platform.openai.com/docs/guides/error-codes */
const documented: readonly DocumentedError[] = [
  {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message: 'Your input exceeds the context window of this model. Adjust it and try again.',
  },
  {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided.',
  },
  {
    status: 401,
    type: 'invalid_request_error',
    code: 'ip_not_authorized',
    message: 'Your IP address is not authorized to use this API.',
  },
  {
    status: 403,
    type: 'invalid_request_error',
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported.',
  },
  {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached.',
  },
  {
    status: 429,
    type: 'rate_limit_error',
    code: 'slow_down',
    message: 'Your request rate rose too fast. Slow down, and raise it gradually.',
  },
  ...[
    'credit_balance_exhausted',
    'organization_spend_limit_exceeded',
    'project_spend_limit_exceeded',
  ].map((code) => ({
    status: 429,
    type: 'insufficient_quota',
    code,
    message: 'You exceeded your current quota. Check your plan and billing details.',
  })),
  {
    status: 500,
    type: 'server_error',
    code: 'server_error',
    message: 'The server had an error while processing your request.',
  },
  {
    status: 503,
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
    message: 'The server is overloaded. Try again later.',
  },
];
