# SPDX-License-Identifier: Apache-2.0
# How every target of luolab is declared: one standard, one set of warnings, one include root.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(LUOLAB_SANITIZE "" CACHE STRING "Sanitizers for luolab (not the agent), such as address,undefined")

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(LUOLAB_CCACHE ccache)
if(LUOLAB_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${LUOLAB_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${LUOLAB_CCACHE}")
endif()

# Nothing here may depend on where the checkout lies: the compiler cache serves every clone.
function(luolab_compile_options target)
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
    -Wno-missing-field-initializers  # designated initialisers name what they set
    -Wno-mismatched-new-delete)      # GCC 12 takes coroutine frames for mismatched
endfunction()

function(luolab_sanitize target)
  if(LUOLAB_SANITIZE)
    target_compile_options(${target} PRIVATE "-fsanitize=${LUOLAB_SANITIZE}" -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE "-fsanitize=${LUOLAB_SANITIZE}")
  endif()
endfunction()

# luolab_library(NAME SOURCES a.cpp... [USES luolab_x... lib...])
function(luolab_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_USES})
  luolab_compile_options(${name})
  luolab_sanitize(${name})
endfunction()

# Tells a source that asks for it where the checkout and the build lie.
function(luolab_define_places source)
  file(READ "${CMAKE_CURRENT_SOURCE_DIR}/${source}" text)
  if(text MATCHES "LUOLAB_(SOURCE|BINARY)_DIR")
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
      LUOLAB_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LUOLAB_BINARY_DIR="${CMAKE_BINARY_DIR}")
  endif()
endfunction()

# luolab_test(NAME LABEL unit|integration|kernel|browser SOURCES a.cpp... [USES ...] [TIMEOUT s]
#             [FIXTURE name] [SERIAL])
# Every TEST in it becomes one ctest test carrying the label.
function(luolab_test name)
  cmake_parse_arguments(ARG "SERIAL" "LABEL;TIMEOUT;FIXTURE" "SOURCES;USES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_USES} GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O0>)  # tests are compiled often, and run briefly
  foreach(source ${ARG_SOURCES})
    luolab_define_places(${source})
  endforeach()
  luolab_compile_options(${name})
  luolab_sanitize(${name})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${ARG_SERIAL}
               FIXTURES_REQUIRED "${ARG_FIXTURE}")
endfunction()
