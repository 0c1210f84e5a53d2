import { expect, it } from 'vitest';
import { parseTwiml } from './twiml.ts';

it('reads messages with their bodies, media and attributes, in order', () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
    <!-- two replies -->
    <Response>
      <Message to="+13035550199" from='+17205550112' statusCallback="/status?a=1&amp;b=2">Hi &lt;you&gt; &#x1F600;</Message>
      <Message><Body><![CDATA[a < b]]></Body><Media>https://example.test/a.png</Media></Message>
      <Pause/>
    </Response>`;
  expect(parseTwiml(xml)).toEqual([
    {
      verb: 'message',
      body: 'Hi <you> 😀',
      media: [],
      to: '+13035550199',
      from: '+17205550112',
      statusCallback: '/status?a=1&b=2',
    },
    { verb: 'message', body: 'a < b', media: ['https://example.test/a.png'] },
  ]);
});

it('stops at a redirect', () => {
  const verbs = parseTwiml('<Response><Redirect method="get">../next</Redirect><Message>late</Message></Response>');
  expect(verbs).toEqual([{ verb: 'redirect', url: '../next', method: 'GET' }]);
});

it('an empty document asks for nothing', () => {
  expect(parseTwiml('<Response/>')).toEqual([]);
  expect(parseTwiml('\uFEFF <Response> </Response> ')).toEqual([]);
});

it.each([
  ['OK'],
  ['<Response>'],
  ['<Response></Wrong>'],
  ['<Response/><Response/>'],
  ['<Response>&nope;</Response>'],
  ['<Say/>'],
  ['<Response><Message a=1/></Response>'],
  ['{"not":"xml"}'],
])('says that %s is not TwiML', (xml) => {
  expect(() => parseTwiml(xml)).toThrow();
});
