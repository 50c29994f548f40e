// What can be reached without a mouse.
import assert from 'node:assert/strict';

/** tabTo presses Tab until the control of a name has the focus, so many times at most. */
export async function tabTo(page, name, times = 10) {
  const passed = [];
  for (let i = 0; i < times; i++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const { ariaLabel, labels, textContent } = document.activeElement;
      return ariaLabel ?? labels?.[0]?.textContent ?? textContent;
    });
    if (focused === name) {
      return;
    }
    passed.push(focused);
  }
  assert.fail(`Tab does not get to ${name}, but to ${passed.join(', ')}`);
}
