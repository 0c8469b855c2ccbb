# SPDX-License-Identifier: MIT
# The one place that decides how Reverxy's own code is compiled: the language, the warnings, the sanitizers.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

find_program(REVERXY_CCACHE ccache)
if(REVERXY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${REVERXY_CCACHE})
endif()

add_library(reverxy_common INTERFACE)
target_include_directories(reverxy_common INTERFACE ${PROJECT_SOURCE_DIR}/engine)
target_compile_options(reverxy_common INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    -Wimplicit-fallthrough -Werror)
target_compile_definitions(reverxy_common INTERFACE QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS REVERXY_VERSION="${PROJECT_VERSION}")
# The C++ library checks its preconditions where speed is not the point; what people run is hardened instead.
target_compile_definitions(reverxy_common INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
target_compile_options(reverxy_common INTERFACE -fstack-protector-strong)
if(REVERXY_SANITIZE)
    # g++ takes what the sanitizers add for uses of uninitialised values; the other builds keep that warning.
    target_compile_options(reverxy_common INTERFACE -fsanitize=${REVERXY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(reverxy_common INTERFACE -fsanitize=${REVERXY_SANITIZE})
else()
    target_compile_options(reverxy_common INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
endif()
if(REVERXY_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "REVERXY_FUZZ needs clang: cmake --preset fuzz")
    endif()
    # Everything is instrumented for coverage; the fuzz targets alone link the fuzzer's main.
    target_compile_options(reverxy_common INTERFACE -fsanitize=fuzzer-no-link)
endif()

# reverxy_library(NAME SOURCES... [LINK targets...]): one engine folder, one static library, one permission.
function(reverxy_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_library(reverxy_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(reverxy_${name} PUBLIC reverxy_common ${ARG_LINK})
endfunction()
