// SPDX-License-Identifier: Apache-2.0
// A load of a scenario: what a hostile guest says on its console, markup and control sequences.
#include <fcntl.h>
#include <unistd.h>

static const char kText[] =
    "<img src=x onerror=\"document.title='injected'\"><script>document.title='injected'</script>\n"
    "\033[31mred\033[0m \033]0;title\007\033[2J\033[Hafter\n";

int main(void) {
  const int console = open("/dev/console", O_WRONLY | O_NOCTTY);
  return console >= 0 && write(console, kText, sizeof kText - 1) == sizeof kText - 1 ? 0 : 1;
}
