import { describe, expect, test } from '@jest/globals';
import type { Mail } from '@trunkline/platform';
import { confirmationMail, sendConfirmation } from './confirmation-mail.js';

const settings = { baseUrl: 'https://home.example', site: { title: 'Home' } };
const user = { email: 'a@b.example' };

describe('the mail with the link', () => {
  test('has one link, and the token is one parameter of it', () => {
    const { text, to } = confirmationMail('a@b.example', 'a&b=c', settings);
    expect(to).toBe('a@b.example');
    expect(text).toContain('https://home.example/auth/confirmation?confirmation_token=a%26b%3Dc\n');
  });

  test('that cannot be sent is noted, without address or token, and nobody falls over it', async () => {
    const logged: unknown[] = [];
    const ports = { settings, logger: { error: (fields: unknown) => void logged.push(fields) }, mailer: { send: () => Promise.reject(new Error('away')) } };
    expect(await sendConfirmation(ports as never, user, 'token')).toBe(false);
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).not.toMatch(/a@b\.example|token/);
    const sent: Mail[] = [];
    expect(await sendConfirmation({ ...ports, mailer: { send: async (mail: Mail) => void sent.push(mail) } } as never, user, 'token')).toBe(true);
    expect(sent).toHaveLength(1);
  });
});
