"""Which standard header declares which name of std::, for the names that a course like this uses.

Source: the synopses of the headers in the C++20 standard ([headers], and each header's clause).
"""

from __future__ import annotations

_HEADERS = {
    "algorithm": (
        "all_of any_of binary_search clamp copy copy_if copy_n count count_if equal equal_range fill fill_n"
        " find find_if for_each generate is_sorted lower_bound max max_element merge min min_element minmax"
        " minmax_element none_of nth_element partial_sort remove remove_if replace reverse rotate search"
        " shuffle sort stable_sort transform unique upper_bound"
    ),
    "array": "array to_array",
    "bit": "bit_cast bit_ceil bit_floor countl_zero countr_zero endian has_single_bit popcount",
    "chrono": "chrono",
    "cmath": (
        "abs acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 fabs fdim floor"
        " fma fmax fmin fmod hypot isfinite isinf isnan isnormal ldexp lerp lgamma llround log log10 log1p log2"
        " lround modf nan nextafter pow remainder rint round signbit sin sinh sqrt tan tanh tgamma trunc"
    ),
    "concepts": "convertible_to floating_point integral same_as",
    "cstddef": "byte max_align_t nullptr_t ptrdiff_t size_t",
    "cstdint": "int16_t int32_t int64_t int8_t intptr_t uint16_t uint32_t uint64_t uint8_t uintptr_t",
    "cstdio": "fclose fopen fprintf fread fwrite printf puts snprintf",
    "cstdlib": "abort atof atoi exit free getenv malloc rand srand strtod strtol",
    "cstring": "memcmp memcpy memmove memset strcmp strlen",
    "deque": "deque",
    "exception": "exception terminate",
    "filesystem": "filesystem",
    "fstream": "fstream ifstream ofstream",
    "functional": "bind equal_to function greater hash invoke less minus multiplies plus ref",
    "initializer_list": "initializer_list",
    "iomanip": "quoted setfill setprecision setw",
    "iostream": "cerr cin clog cout",
    "ios": "fixed hex scientific streamsize",
    "iterator": (
        "advance back_inserter begin distance end inserter istream_iterator next ostream_iterator prev size"
        " ssize"
    ),
    "limits": "numeric_limits",
    "list": "list",
    "map": "map multimap",
    "memory": "make_shared make_unique shared_ptr unique_ptr weak_ptr",
    "mutex": "lock_guard mutex scoped_lock unique_lock",
    "atomic": "atomic",
    "numbers": "numbers",
    "numeric": (
        "accumulate adjacent_difference exclusive_scan gcd inclusive_scan inner_product iota lcm midpoint "
        "partial_sum reduce transform_reduce"
    ),
    "optional": "make_optional nullopt optional",
    "ostream": "endl flush ostream",
    "queue": "priority_queue queue",
    "random": (
        "bernoulli_distribution discrete_distribution mt19937 mt19937_64 normal_distribution random_device "
        "uniform_int_distribution uniform_real_distribution"
    ),
    "set": "multiset set",
    "span": "dynamic_extent span",
    "sstream": "istringstream ostringstream stringstream",
    "stack": "stack",
    "stdexcept": (
        "domain_error invalid_argument length_error logic_error out_of_range overflow_error range_error "
        "runtime_error"
    ),
    "string": "getline stod stoi stol string to_string",
    "string_view": "string_view",
    "thread": "jthread thread",
    "tuple": "get make_tuple tie tuple",
    "type_traits": (
        "common_type_t conditional_t decay_t enable_if_t is_floating_point_v is_same_v remove_cvref_t"
    ),
    "unordered_map": "unordered_map",
    "unordered_set": "unordered_set",
    "utility": "exchange forward index_sequence make_pair move pair swap",
    "valarray": "valarray",
    "variant": "holds_alternative monostate variant visit",
    "vector": "vector",
}

STD_HEADER: dict[str, str] = {name: header for header, names in _HEADERS.items() for name in names.split()}
