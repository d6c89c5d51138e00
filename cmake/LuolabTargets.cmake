# SPDX-License-Identifier: Apache-2.0
# How every target of luolab is declared: one standard, one set of warnings, one include root.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(LUOLAB_SANITIZE "" CACHE STRING "Sanitizers for luolab (not the agent), such as address,undefined")

find_program(LUOLAB_CCACHE ccache)
if(LUOLAB_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${LUOLAB_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${LUOLAB_CCACHE}")
endif()

function(luolab_compile_options target)
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}")
  # File names in objects are relative to the checkout, so the compiler cache serves every clone.
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
    -Wno-missing-field-initializers  # designated initialisers name what they set
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." "-fdebug-prefix-map=${CMAKE_BINARY_DIR}=build")
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

# luolab_test(NAME LABEL unit|integration|kernel|browser SOURCES a.cpp... [USES ...] [TIMEOUT s])
# Every TEST in it becomes one ctest test carrying the label.
function(luolab_test name)
  cmake_parse_arguments(ARG "SERIAL" "LABEL;TIMEOUT" "SOURCES;USES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_USES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    LUOLAB_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LUOLAB_BINARY_DIR="${CMAKE_BINARY_DIR}")
  luolab_compile_options(${name})
  luolab_sanitize(${name})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${ARG_SERIAL})
endfunction()
