# SPDX-License-Identifier: Apache-2.0
# cmake -DOUT=migrations.inc -P embed_migrations.cmake -- 0001-initial.sql...
# Writes one {number, "name", R"(text)"} per file, in the order given.

set(text "")
set(files FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(index RANGE ${last})
  set(argument "${CMAKE_ARGV${index}}")
  if(files)
    get_filename_component(name "${argument}" NAME_WE)
    string(REGEX MATCH "^[0-9]+" number "${name}")
    string(REGEX REPLACE "^0+" "" number "${number}")
    file(READ "${argument}" sql)
    string(APPEND text "{${number}, \"${name}\", R\"luolab(${sql})luolab\"},\n")
  elseif(argument STREQUAL "--")
    set(files TRUE)
  endif()
endforeach()
file(WRITE "${OUT}" "${text}")
