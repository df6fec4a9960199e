// The little of Slack that hands out a link to a photo: signed requests go in, and what is posted is remembered.
// https://docs.slack.dev/apis/events-api and /authentication/verifying-requests-from-slack
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TEAM = 'T0SHOP001';

/** A workspace with one manager; `photo` is the file that is dropped in it. */
export async function startSlack(photo) {
  const said = new EventEmitter();
  const posted = new Map();
  const files = { id: 'F1', mode: 'hosted', mimetype: 'image/png', size: photo.length, user: 'U1' };
  const methods = {
    'auth.test': () => ({ team_id: TEAM, user_id: 'UBOT', bot_id: 'B1' }),
    'users.info': ({ user }) => ({ user: { id: user, team_id: TEAM, name: 'noor', locale: 'en-GB', profile: {} } }),
    'conversations.open': ({ users }) => ({ channel: { id: `D${users}` } }),
    'files.info': () => ({ file: { ...files, url_private_download: `${origin}/files-pri/F1/till.png` } }),
    'chat.postMessage': ({ channel, blocks }) => keep({ channel, blocks, ts: `${1_700_000_000 + posted.size}.000100` }),
    'chat.update': ({ channel, ts, blocks }) => keep({ channel, blocks, ts }),
    'chat.postEphemeral': () => ({ message_ts: '1.1' }),
  };
  const keep = (message) => {
    posted.set(`${message.channel}/${message.ts}`, message);
    said.emit('said');
    return { channel: message.channel, ts: message.ts, message };
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, origin);
    let body = '';
    for await (const part of request) body += part;
    if (pathname.startsWith('/files-pri/')) return response.end(photo);
    const method = methods[pathname.replace('/api/', '')];
    const given = { ...Object.fromEntries(searchParams), ...(body ? JSON.parse(body) : {}) };
    if (pathname.startsWith('/actions/')) keep({ channel: 'private', ts: pathname, blocks: given.blocks });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(method ? { ok: true, ...method(given) } : { ok: false, error: 'unknown_method' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;

  /** The first thing in blocks that this wants, as soon as somebody has posted it. */
  async function find(wanted) {
    for (;;) {
      for (const message of posted.values()) {
        const all = (message.blocks ?? []).flatMap(({ elements = [], accessory = {} }) => [...elements, accessory]);
        const element = all.find(wanted);
        if (element) return { message, element };
      }
      await once(said, 'said', { signal: AbortSignal.timeout(30_000) });
    }
  }

  /** Sends what Slack would send, signed. */
  async function send(shop, type, body) {
    const at = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${at}:${body}`).digest('hex')}`;
    const headers = { 'content-type': type, 'x-slack-request-timestamp': at, 'x-slack-signature': signature };
    const answer = await fetch(`${shop.origin}/slack/events`, { method: 'POST', headers, body });
    assert.equal(answer.status, 200, await answer.text());
  }

  return {
    settings: { SLACK_API_URL: `${origin}/api`, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: SECRET },
    stop: () => server.close(),
    /** Somebody drops the photo in a channel. */
    async drops(shop, channel) {
      const event = { type: 'message', subtype: 'file_share', user: 'U1', channel, ts: '1.000100', text: '', files: [files] };
      const callback = { type: 'event_callback', team_id: TEAM, event_id: 'Ev1', event };
      await send(shop, 'application/json', JSON.stringify(callback));
    },
    /** Somebody presses *View photo* on the card; the link that they alone are given. */
    async looks(shop) {
      const { message, element } = await find(({ action_id }) => action_id?.startsWith('v1:look:'));
      const payload = {
        type: 'block_actions',
        team: { id: TEAM, domain: 'shop' },
        user: { id: 'U1', name: 'noor', team_id: TEAM },
        trigger_id: '1.2.3',
        container: { type: 'message', message_ts: message.ts, channel_id: message.channel },
        channel: { id: message.channel },
        response_url: `${origin}/actions/${TEAM}/1/2`,
        actions: [{ type: 'button', action_id: element.action_id, value: element.value }],
      };
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      await send(shop, 'application/x-www-form-urlencoded', body);
      return (await find(({ url }) => url?.includes('/look/'))).element.url;
    },
  };
}
