# What every part of the course shares: language level, warnings, sanitizers, the functions that
# declare lessons and tests, and common/ itself. The top CMakeLists.txt and each phase's own
# include this file, so a phase configured alone is built exactly as in the whole.
include_guard(GLOBAL)

get_filename_component(NN_ROOT "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

# ccache makes a second cold build quick; it is used where it is installed. With a base folder it
# names our files relative to the build folder, so that another clone finds what this one compiled;
# compiler messages are told with whole paths again.
find_program(NN_CCACHE ccache)
find_program(NN_ENV env)
if(NN_CCACHE AND NN_ENV AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${NN_ENV}" "CCACHE_BASEDIR=${NN_ROOT}" CCACHE_NOHASHDIR=1
    CCACHE_ABSSTDERR=1 "${NN_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

set(NN_SANITIZE "" CACHE STRING "Sanitizers to build with, as in -fsanitize=: empty, or address,undefined or thread")
option(NN_FUZZ "Build the libFuzzer targets (clang++ only)" OFF)
if(NOT NN_SANITIZE MATCHES "^(|address,undefined|thread)$")
  message(FATAL_ERROR "NN_SANITIZE is '${NN_SANITIZE}'; it may be empty, 'address,undefined' or 'thread'")
endif()
if(NN_FUZZ AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "NN_FUZZ needs clang++ for libFuzzer; the compiler is ${CMAKE_CXX_COMPILER_ID}. Use: cmake --preset fuzz")
endif()

# nn_options: what each of our targets compiles with. Never fast-math: it makes NaN checks lie.
# -ffp-contract=off: without it a compiler may fuse a*b+c where the machine allows, and a result
# would depend on the machine it was built for.
add_library(nn_options INTERFACE)
target_include_directories(nn_options INTERFACE "${NN_ROOT}")
target_compile_options(nn_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -ffp-contract=off)
# Messages name files as a reader of the repository does: common/npy.cc, not /home/me/groundup/...
# ccache says ../../common/npy.cc for the same file.
file(RELATIVE_PATH NN_ROOT_FROM_BUILD "${CMAKE_BINARY_DIR}" "${NN_ROOT}")
string(REGEX REPLACE "/$" "" NN_ROOT_FROM_BUILD "${NN_ROOT_FROM_BUILD}")
target_compile_options(nn_options INTERFACE "-fmacro-prefix-map=${NN_ROOT}/=" "-fmacro-prefix-map=${NN_ROOT_FROM_BUILD}/=")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang's -Wconversion includes sign changes, which g++ keeps apart; extents here are int.
  target_compile_options(nn_options INTERFACE -Wno-sign-conversion)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overlapping copies in string + string where there are none (GCC bug 105651).
  target_compile_options(nn_options INTERFACE -Wno-restrict)
endif()
if(NN_SANITIZE)
  target_compile_options(nn_options INTERFACE -fsanitize=${NN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(nn_options INTERFACE -fsanitize=${NN_SANITIZE})
endif()

include(CTest)
find_package(GTest REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)

# nn_test(NAME source... LIBS target...): one GoogleTest program, one ctest entry.
function(nn_test NAME)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LIBS" ${ARGN})
  add_executable(${NAME} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${NAME} PRIVATE nn_options ${ARG_LIBS} GTest::gtest_main)
  add_test(NAME ${NAME} COMMAND ${NAME})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

# nn_program(NAME source... LIBS target...): a program to run by hand; it lands in <build>/bin.
function(nn_program NAME)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  add_executable(${NAME} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${NAME} PRIVATE nn_options ${ARG_LIBS})
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()

# The exercises of which the learner's own file stands in for the course's: a list of targets, one a
# line, written with the files themselves by common/learn/mine.py (make ... MINE=1).
set(NN_MINE_FILE "" CACHE FILEPATH "The list of exercises to take from build/mine-files; empty for none")
set(NN_MINE "")
if(NN_MINE_FILE)
  file(STRINGS "${NN_MINE_FILE}" NN_MINE)
  set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${NN_MINE_FILE}")
endif()

# nn_lesson(PHASE WEEK NAME): one exercise. NAME.cc becomes an OBJECT library of its own, so that
# a learner's file can stand in for exactly that object; NAME_test.cc becomes its test program.
# NAME.cu is compiled for the simulator and by nvcc: nn_cuda_lesson in cuda.cmake.
# A static library would not do: the linker would pull the course's object in where the learner's
# file lacks a function, and the test would pass on code the learner never wrote.
# lessons.txt lists them in the build folder, for `make check-course` to hold against course.toml.
file(WRITE "${CMAKE_BINARY_DIR}/lessons.txt" "")
function(nn_lesson PHASE WEEK NAME)
  file(APPEND "${CMAKE_BINARY_DIR}/lessons.txt" "${PHASE}.${WEEK}.${NAME}\n")
  nn_given(${PHASE} ${WEEK} ${NAME})
endfunction()

# nn_given(PHASE WEEK NAME): the same for code of a lesson that is there to be read and used, and not
# to be written.
function(nn_given PHASE WEEK NAME)
  set(object ${PHASE}.${WEEK}.${NAME})
  set(source "${NAME}.cc")
  if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${NAME}.cu")
    set(source "${NAME}.cu")
  endif()
  set(mine)
  if(object IN_LIST NN_MINE)
    set(mine MINE)
    file(RELATIVE_PATH folder "${NN_ROOT}" "${CMAKE_CURRENT_SOURCE_DIR}")
    set(source "${NN_ROOT}/build/mine-files/${folder}/${source}")
  endif()
  if(source MATCHES "\\.cu$")
    nn_cuda_lesson(${object} ${PHASE} ${NAME} "${source}" ${mine})
    return()
  endif()
  add_library(${object} OBJECT ${source})
  if(mine)  # a warning about a learner's file was shown by ./learn, and stops nobody
    target_compile_options(${object} PRIVATE -Wno-error "-fmacro-prefix-map=${NN_ROOT}/build/mine-files/=work/")
  endif()
  target_link_libraries(${object} PRIVATE nn_options nn_common)
  # What a half-written function has not used yet is a warning, not an error.
  foreach(what variable parameter function but-set-variable)
    target_compile_options(${object} PRIVATE -Wno-error=unused-${what})
  endforeach()
  target_sources(${PHASE}_lessons INTERFACE $<TARGET_OBJECTS:${object}>)
  if(BUILD_TESTING)
    set(all ${PHASE}_lessons.check)  # of a phase with .cu files
    nn_test(${object}_test ${NAME}_test.cc
      LIBS $<IF:$<TARGET_EXISTS:${all}>,${all},${PHASE}_lessons> ${PHASE}_testing)
  endif()
endfunction()

# nn_fuzzer(NAME source... LIBS target...): a libFuzzer program, built with -DNN_FUZZ=ON.
# Its corpus is the folder NAME_corpus beside it; `make fuzz` runs it.
function(nn_fuzzer NAME)
  if(NOT NN_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  add_executable(${NAME} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${NAME} PRIVATE nn_options ${ARG_LIBS})
  target_link_options(${NAME} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${NAME})
endfunction()
if(NN_FUZZ)
  add_custom_target(fuzzers)
  # Coverage feedback in every object of ours, so that the fuzzers see the parsers' branches.
  target_compile_options(nn_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

include("${CMAKE_CURRENT_LIST_DIR}/cuda.cmake")  # nn_cuda_program, nn_cuda_test, DEVICE
# The simulator's own tests take minutes to compile, and nothing before phase 4 needs them: make test-sim.
option(NN_CUDASIM "Build the CUDA simulator's tests" OFF)

if(NOT TARGET nn_common)
  add_subdirectory("${NN_ROOT}/common" "${CMAKE_BINARY_DIR}/common")
endif()
