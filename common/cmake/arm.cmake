# Cross-compiling for 64-bit Arm on another machine, and running what comes out under qemu: the preset
# `arm`, which common/test_arm.sh uses. The libraries are Debian's for arm64, unpacked in build/arm-root.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

get_filename_component(arm_root "${CMAKE_CURRENT_LIST_DIR}/../../build/arm-root" ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH "${arm_root}")
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
# Libraries that are linked for others' sake, such as zlib for libpng.
set(CMAKE_EXE_LINKER_FLAGS_INIT
  "-Wl,-rpath-link,${arm_root}/usr/lib/aarch64-linux-gnu:${arm_root}/lib/aarch64-linux-gnu")

# ctest runs each test by this; the C library is the cross compiler's.
set(CMAKE_CROSSCOMPILING_EMULATOR
  "qemu-aarch64;-L;/usr/aarch64-linux-gnu;-E;LD_LIBRARY_PATH=${arm_root}/usr/lib/aarch64-linux-gnu:${arm_root}/lib/aarch64-linux-gnu")
