// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kernel_builder/toy_kernel.h"

#include <fmt/format.h>

#include "core/base/file.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

// Objects are made with O= below /obj and name their sources by absolute path, as kbuild's do.
constexpr const char* kMakefile = R"(O ?= .
SOURCES := $(wildcard $(CURDIR)/*/*.c)
OBJECTS := $(patsubst $(CURDIR)/%.c,$(O)/%.o,$(SOURCES))

tinyconfig:
	@echo "CONFIG_TINY=y" > $(O)/.config
olddefconfig:
	@sed -i '/CONFIG_IMPOSSIBLE/d' $(O)/.config
bzImage: $(O)/arch/x86/boot/bzImage

$(O)/%.o: $(CURDIR)/%.c
	@mkdir -p $(@D)
	@echo "  CC      $*.o"
	@if grep -q HANG $<; then sleep 1000; fi
	@gcc -c -o $@ $<
	@touch $@.$$(date +%N)
$(O)/vmlinux: $(OBJECTS)
	@echo "  LD      vmlinux.o"
	@gcc -nostdlib -shared -Wl,--build-id=sha1 -o $@ $(OBJECTS)
$(O)/arch/x86/boot/bzImage: $(O)/vmlinux
	@mkdir -p $(@D)
	@head -c 514 /dev/zero > $@
	@printf 'HdrS' >> $@
	@head -c 8 /dev/zero >> $@
	@printf '\020\000' >> $@
	@printf '7.3.4-toy (luolab) #1' >> $@
	@cat $(O)/vmlinux >> $@
	@echo "Kernel: arch/x86/boot/bzImage is ready"
)";

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  write_file_atomically(file, text);
}

}  // namespace

void write_toy_kernel(const fs::path& folder) {
  write(folder / "Makefile", kMakefile);
  write(folder / "mm/shmem.c", "int shmem_value = 1;\n");
  write(folder / "kernel/fork.c", "int fork_value = 1;\n");
  write(folder / "Documentation/index.rst", "A toy.\n");
}

BaseSpec toy_base(const fs::path& folder) {
  BaseSpec base;
  base.name = "toy";
  base.kind = BaseKind::dir;
  base.location = folder.string();
  return base;
}

Patch value_patch(const std::string& file, const std::string& variable, int old_value,
                  const std::string& new_line) {
  return {file + " patch", fmt::format("--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-int {1} = {2};\n+{3}\n",
                                       file, variable, old_value, new_line)};
}

KernelSpec toy_kernel(const fs::path& folder, std::vector<Patch> patches) {
  KernelSpec kernel;
  kernel.base = toy_base(folder);
  if (!patches.empty()) kernel.series.push_back({"topic", std::move(patches)});
  kernel.fragments.push_back({"toy", "CONFIG_TOY=y\n"});
  return kernel;
}

}  // namespace luolab
