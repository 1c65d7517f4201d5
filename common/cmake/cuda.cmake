# Targets with .cu files, and the device they are built for: DEVICE=cuda is nvcc and a GPU, DEVICE=sim
# is simcc, which compiles the same files for the CPU. Where nvcc is present without a GPU, every such
# target is also built by nvcc, as NAME.nvcc, so that nothing is written that only simcc takes.
# groundup.cmake includes this file. nvcc and a GPU are looked for when the first such target is
# declared, so a project without .cu files pays nothing.
include_guard(GLOBAL)

set(NN_CUDASIM_ROOT "${NN_ROOT}/common/cudasim")

set(NN_CUDA_ARCHITECTURES "75;80;90" CACHE STRING "Compute capabilities that nvcc builds for; PTX of the last is added")
set(DEVICE "" CACHE STRING "What .cu files are built for: cuda (nvcc and a GPU), sim (the CPU), or empty to look")
if(NOT DEVICE MATCHES "^(|cuda|sim)$")
  message(FATAL_ERROR "DEVICE is '${DEVICE}'; it may be cuda, sim, or empty to take what this machine has")
endif()

# nn_cuda_device(OUT): cuda or sim, as DEVICE asks, or what this machine has. Looks once, and says what
# it found; NN_NVCC is nvcc's path then, or ends in -NOTFOUND.
function(nn_cuda_device OUT)
  get_property(device GLOBAL PROPERTY nn_cuda_device)
  if(NOT device)
    find_program(NN_NVCC nvcc PATHS /usr/local/cuda/bin "$ENV{CUDA_HOME}/bin" "$ENV{CUDA_PATH}/bin"
      DOC "NVIDIA's compiler")
    if(DEVICE STREQUAL "cuda" AND NOT NN_NVCC)
      message(FATAL_ERROR "DEVICE is cuda, and nvcc is nowhere to be found; install the CUDA toolkit, or use DEVICE=sim")
    endif()
    set(device "${DEVICE}")
    set(why "as asked")
    if(device STREQUAL "")
      set(device sim)
      if(NOT NN_NVCC)
        set(why "nvcc was not found")
      else()
        execute_process(COMMAND nvidia-smi -L RESULT_VARIABLE no_gpu OUTPUT_VARIABLE gpus ERROR_QUIET)
        if(no_gpu EQUAL 0 AND gpus MATCHES "GPU 0")
          set(device cuda)
          set(why "nvcc and a GPU were found")
        else()
          set(why "no GPU was found")
        endif()
      endif()
    endif()
    if(device STREQUAL "sim" AND NN_NVCC)
      string(APPEND why "; nvcc compiles and links everything too")
    endif()
    message(STATUS "DEVICE: ${device} (${why})")
    set_property(GLOBAL PROPERTY nn_cuda_device "${device}")
  endif()
  set(${OUT} "${device}" PARENT_SCOPE)
endfunction()

# The files of a folder, but for tests. Another file there changes the folder's time, and so configures
# again; CONFIGURE_DEPENDS would look at every build, and none would be up to date.
function(nn_files_of OUT FOLDER PATTERN)
  file(GLOB files "${FOLDER}/${PATTERN}")
  list(FILTER files EXCLUDE REGEX "(/test[^/]*|_test)\\.[a-z]+$")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${FOLDER}")
  set(${OUT} "${files}" PARENT_SCOPE)
endfunction()

# The simulator's library and its parts, by the rule of common/cudasim/CONTRACT.md: runtime/*.cc, and
# a folder runtime/NAME for what -lNAME means. simcc builds them by the same rule, so files are globbed.
# common/CMakeLists.txt declares them: cudasim, cudasim_cublas, cudasim_curand.
function(nn_cudasim_library TARGET FOLDER)
  nn_files_of(sources "${FOLDER}" "*.cc")
  if(NOT sources)
    message(FATAL_ERROR "${FOLDER} holds no sources of the simulator's library")
  endif()
  add_library(${TARGET} STATIC EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(${TARGET} PRIVATE nn_options)
  target_include_directories(${TARGET} SYSTEM PUBLIC "${NN_CUDASIM_ROOT}/include")
  target_compile_options(${TARGET} PRIVATE -O2 -g -ffp-contract=off -pthread -fPIC)
  target_link_options(${TARGET} INTERFACE -pthread)
  if(EXISTS "${FOLDER}/libraries")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${FOLDER}/libraries")
    file(STRINGS "${FOLDER}/libraries" lines)
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "#.*" "" line "${line}")
      string(STRIP "${line}" line)
      if(line)
        target_link_libraries(${TARGET} PUBLIC ${line})
      endif()
    endforeach()
  endif()
endfunction()

# A regular expression for any of the given texts, whose special characters stand for themselves.
function(nn_regex_any OUT)
  set(texts "${ARGN}")
  foreach(special "." "+" "(" ")" "*")
    string(REPLACE "${special}" "[${special}]" texts "${texts}")
  endforeach()
  list(JOIN texts "|" texts)
  set(${OUT} "${texts}" PARENT_SCOPE)
endfunction()

# What a target's .cu files are compiled with beyond the compiler's own options: the target's include
# folders and definitions, those of its LIBS among them. Folders outside the project are -isystem, so
# that their headers' warnings are not ours; those the compiler searches anyway are left out.
function(nn_cuda_usage OUT TARGET)
  set(folders "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:${TARGET},INCLUDE_DIRECTORIES>>")
  nn_regex_any(own "${NN_ROOT}" "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}")
  nn_regex_any(searched ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
  set(ours "$<FILTER:${folders},INCLUDE,^(${own})>")
  set(theirs "$<FILTER:$<FILTER:${folders},EXCLUDE,^(${own})>,EXCLUDE,^(${searched})$>")
  set(definitions "$<TARGET_PROPERTY:${TARGET},COMPILE_DEFINITIONS>")
  set(${OUT}
    "$<$<BOOL:${ours}>:-I$<JOIN:${ours},;-I>>"
    "$<$<BOOL:${theirs}>:-isystem;$<JOIN:${theirs},;-isystem;>>"
    "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},;-D>>"
    PARENT_SCOPE)
endfunction()

# Compiles SOURCES (.cu) to objects in the folder NAME.cu of the build, whose paths go to OUT. USAGE is
# the target whose include folders and definitions they are compiled with. MINE at the end says that
# they are a learner's: messages then name them as ./learn does, and no warning is an error.
function(nn_cuda_objects OUT NAME USAGE DEVICE_OF_TARGET CHECK SOURCES)
  cmake_parse_arguments(ARG "MINE" "" "" ${ARGN})
  nn_cuda_usage(usage ${USAGE})
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS_${build_type}}")
  set(named "-fmacro-prefix-map=${NN_ROOT}/=")
  set(sim_strict -Werror)
  set(cuda_strict -Werror all-warnings)
  if(ARG_MINE)
    set(named "-fmacro-prefix-map=${NN_ROOT}/build/mine-files/=work/")
    set(sim_strict)
    set(cuda_strict)
  endif()
  nn_files_of(translator "${NN_CUDASIM_ROOT}/translate" "*.py")

  set(objects)
  foreach(source IN LISTS SOURCES)
    get_filename_component(path "${source}" ABSOLUTE)
    get_filename_component(name "${source}" NAME)
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.cu/${name}.o")
    if(DEVICE_OF_TARGET STREQUAL "sim")
      set(command "${NN_CUDASIM_ROOT}/simcc" $<$<BOOL:${CHECK}>:--check> -std=c++20 ${flags} -Wall -Wextra -Wconversion -Wshadow
        ${sim_strict} "${named}")
      set(tools "${NN_CUDASIM_ROOT}/simcc" ${translator})
    else()
      # CMake 3.25 does not know that nvcc 13 takes C++20, so it is said here.
      set(command "${NN_NVCC}" -std=c++20 ${flags} --extended-lambda ${cuda_strict} -Xcompiler=-Wall,-Wextra
        "-Xcompiler=${named}")
      if(name MATCHES "_sm90a\\.cu$")
        list(APPEND command -gencode arch=compute_90a,code=sm_90a)
      else()
        foreach(architecture IN LISTS NN_CUDA_ARCHITECTURES)
          list(APPEND command -gencode "arch=compute_${architecture},code=sm_${architecture}")
        endforeach()
        list(GET NN_CUDA_ARCHITECTURES -1 last)
        list(APPEND command -gencode "arch=compute_${last},code=compute_${last}")
      endif()
      set(tools "${NN_NVCC}")
    endif()
    # What is compiled stands last, as in CMake's own commands: ./learn puts the learner's file there.
    add_custom_command(
      OUTPUT "${object}"
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.cu"
      COMMAND ${command} "${usage}" -MD -MT "${object}" -MF "${object}.d" -o "${object}" -c "${path}"
      DEPENDS "${path}" ${tools}
      DEPFILE "${object}.d"
      COMMAND_EXPAND_LISTS VERBATIM
      COMMENT "Building ${name} for ${NAME} (${DEVICE_OF_TARGET})")
    list(APPEND objects "${object}")
  endforeach()
  set(${OUT} "${objects}" PARENT_SCOPE)
endfunction()

# CMake makes no target without a source of its own: this one stands in where all are .cu files.
function(nn_no_host_source OUT NAME)
  set(empty "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.cu/no_host_source.cc")
  file(CONFIGURE OUTPUT "${empty}" CONTENT "// All sources of this target are .cu files.\n")
  set(${OUT} "${empty}" PARENT_SCOPE)
endfunction()

# One executable for one device; SOURCES may be .cu and host C++, LIBS may name cublas and curand.
function(nn_cuda_executable TARGET DEVICE_OF_TARGET CHECK SOURCES LIBS)
  set(cu ${SOURCES})
  list(FILTER cu INCLUDE REGEX "\\.cu$")
  set(host ${SOURCES})
  list(FILTER host EXCLUDE REGEX "\\.cu$")
  if(DEVICE_OF_TARGET STREQUAL "sim")
    foreach(source IN LISTS cu)
      if(source MATCHES "_sm90a\\.cu$")
        message(STATUS "DEVICE sim: ${TARGET} is built without ${source}, which needs a GPU of compute capability 9.0")
      endif()
    endforeach()
    list(FILTER cu EXCLUDE REGEX "_sm90a\\.cu$")
  endif()
  if(NOT host)
    nn_no_host_source(host ${TARGET})
  endif()
  add_executable(${TARGET} ${host})
  target_link_libraries(${TARGET} PRIVATE nn_options)
  foreach(library IN LISTS LIBS)
    if(library MATCHES "_lessons$")  # those of a phase with .cu files there are for each device
      set(for_device ${library}.${DEVICE_OF_TARGET})
      target_link_libraries(${TARGET} PRIVATE $<IF:$<TARGET_EXISTS:${for_device}>,${for_device},${library}>)
    elseif(NOT library MATCHES "^(cublas|curand)$")
      target_link_libraries(${TARGET} PRIVATE ${library})
    elseif(DEVICE_OF_TARGET STREQUAL "sim")
      target_link_libraries(${TARGET} PRIVATE cudasim_${library})
    else()
      target_link_libraries(${TARGET} PRIVATE ${library})
    endif()
  endforeach()
  if(DEVICE_OF_TARGET STREQUAL "sim")
    target_link_libraries(${TARGET} PRIVATE cudasim)
  else()
    get_filename_component(toolkit "${NN_NVCC}" REALPATH)
    get_filename_component(toolkit "${toolkit}" DIRECTORY)
    get_filename_component(toolkit "${toolkit}" DIRECTORY)
    target_include_directories(${TARGET} SYSTEM PRIVATE "${toolkit}/include")
    target_link_directories(${TARGET} PRIVATE "${toolkit}/lib64")
    target_link_libraries(${TARGET} PRIVATE cudart_static dl rt pthread)
  endif()
  nn_cuda_objects(objects ${TARGET} ${TARGET} ${DEVICE_OF_TARGET} "${CHECK}" "${cu}")
  if(objects)
    add_custom_target(${TARGET}.objects DEPENDS ${objects})
    add_dependencies(${TARGET} ${TARGET}.objects)
    # Before the host's objects: of an inline function compiled both with checks and without, the linker
    # keeps the first it meets.
    target_link_options(${TARGET} BEFORE PRIVATE ${objects})
    set_property(TARGET ${TARGET} APPEND PROPERTY LINK_DEPENDS ${objects})
  endif()
endfunction()

# All executables that one declaration makes: NAME for the device, and NAME.nvcc where nvcc checks it.
function(nn_cuda_targets NAME SOURCES LIBS)
  nn_cuda_device(device)
  nn_cuda_executable(${NAME} ${device} OFF "${SOURCES}" "${LIBS}")
  if(device STREQUAL "sim" AND NN_NVCC)
    nn_cuda_executable(${NAME}.nvcc cuda OFF "${SOURCES}" "${LIBS}")
  endif()
endfunction()

# Under a sanitizer the simulator's fibers, which change stacks, are not what it expects.
macro(nn_cuda_return_if_sanitized NAME)
  if(NN_SANITIZE)
    message(STATUS "NN_SANITIZE is ${NN_SANITIZE}: ${NAME} is left out; the simulator's own checks are its sanitizer")
    return()
  endif()
endmacro()

# nn_cuda_program(NAME source... LIBS target...): a program with .cu files; it lands in <build>/bin.
function(nn_cuda_program NAME)
  nn_cuda_return_if_sanitized(${NAME})
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  nn_cuda_targets(${NAME} "${ARG_UNPARSED_ARGUMENTS}" "${ARG_LIBS}")
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()

# nn_cuda_test(NAME source... [CHECK] [TIMEOUT seconds] LIBS target...): one GoogleTest program with .cu
# files, one ctest entry. CHECK adds NAME.check, the same instrumented, where the device is sim.
function(nn_cuda_test NAME)
  nn_cuda_return_if_sanitized(${NAME})
  cmake_parse_arguments(ARG "CHECK" "TIMEOUT" "LIBS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(sources ${ARG_UNPARSED_ARGUMENTS})
  set(libraries ${ARG_LIBS} GTest::gtest_main)
  nn_cuda_targets(${NAME} "${sources}" "${libraries}")
  set(tests ${NAME})
  nn_cuda_device(device)
  if(ARG_CHECK AND device STREQUAL "sim")
    nn_cuda_executable(${NAME}.check sim ON "${sources}" "${libraries}")
    list(APPEND tests ${NAME}.check)
  endif()
  foreach(test IN LISTS tests)
    add_test(NAME ${test} COMMAND ${test})
    set_tests_properties(${test} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  endforeach()
endfunction()

# nn_cuda_lesson(OBJECT PHASE NAME SOURCE [MINE]): what nn_lesson does for an exercise in a .cu file.
# Its tests run in the simulator and under its checks wherever they are built, since that is how ./learn
# judges a learner's file. Where nvcc is, they are built by nvcc too, as OBJECT_test.nvcc, which runs
# where the device is a GPU.
# Each lesson is compiled in three ways, for three lists of objects to link: PHASE_lessons.check for the
# tests, PHASE_lessons.sim and PHASE_lessons.cuda for programs of either device. Each holds
# PHASE_lessons, the lessons in host C++, too; nn_cuda_program and nn_cuda_test choose for LIBS PHASE_lessons.
function(nn_cuda_lesson OBJECT PHASE NAME SOURCE)
  nn_cuda_return_if_sanitized(${OBJECT})
  nn_cuda_device(device)
  # What its .cu is compiled with; it makes nothing itself.
  nn_no_host_source(nothing ${OBJECT})
  add_library(${OBJECT} OBJECT EXCLUDE_FROM_ALL ${nothing})
  target_link_libraries(${OBJECT} PRIVATE nn_options nn_common)

  set(ways check sim)
  if(NN_NVCC)
    list(APPEND ways cuda)
  endif()
  foreach(way IN LISTS ways)
    set(lessons ${PHASE}_lessons.${way})
    if(NOT TARGET ${lessons})
      add_library(${lessons} INTERFACE)
      target_link_libraries(${lessons} INTERFACE ${PHASE}_lessons)
      if(NOT way STREQUAL "cuda")
        target_link_libraries(${lessons} INTERFACE cudasim)
      endif()
    endif()
    set(device_of_way ${way})
    if(way STREQUAL "check")
      set(device_of_way sim)
    endif()
    string(COMPARE EQUAL "${way}" check check)
    nn_cuda_objects(object ${OBJECT}.${way} ${OBJECT} ${device_of_way} ${check} "${SOURCE}" ${ARGN})
    add_custom_target(${OBJECT}.${way} DEPENDS ${object})
    target_link_options(${lessons} BEFORE INTERFACE ${object})
    set_property(TARGET ${lessons} APPEND PROPERTY INTERFACE_LINK_DEPENDS ${object})
  endforeach()

  if(BUILD_TESTING)
    set(test ${NAME}_test.cc)
    if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${test}")
      set(test ${NAME}_test.cu)
    endif()
    set(libraries GTest::gtest_main nn_common)
    if(TARGET ${PHASE}_testing)
      list(PREPEND libraries ${PHASE}_testing)
    endif()
    nn_cuda_executable(${OBJECT}_test sim ON ${test} "${PHASE}_lessons.check;${libraries}")
    target_compile_options(${OBJECT}_test PRIVATE -g1)  # a finding can be about the test's own lines
    add_test(NAME ${OBJECT}_test COMMAND ${OBJECT}_test)
    set_tests_properties(${OBJECT}_test PROPERTIES TIMEOUT 120)
    if(NN_NVCC)
      nn_cuda_executable(${OBJECT}_test.nvcc cuda OFF ${test} "${PHASE}_lessons.cuda;${libraries}")
    endif()
    if(device STREQUAL "cuda")
      add_test(NAME ${OBJECT}_test.nvcc COMMAND ${OBJECT}_test.nvcc)
      set_tests_properties(${OBJECT}_test.nvcc PROPERTIES TIMEOUT 120)
    endif()
  endif()
endfunction()
