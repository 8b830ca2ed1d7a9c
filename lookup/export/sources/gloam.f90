! The functions of gloam.h for Fortran 2008. A handle is a type(c_ptr); parameters and rates are arrays of real(c_double).
! Threads need 64 kB of stack (OMP_STACKSIZE). What takes a handle may be called by any number of threads.
module gloam
  use, intrinsic :: iso_c_binding
  implicit none
  private
  public :: gloam_open, gloam_close, gloam_value, gloam_error, gloam_value_and_error, gloam_status, gloam_gradient, gloam_batch
  public :: gloam_meaning, gloam_explain, gloam_parameters, gloam_bins, gloam_parameter_name, gloam_search, gloam_model

  interface
    subroutine gloam_close(handle) bind(c)
      import :: c_ptr
      type(c_ptr), value :: handle
    end subroutine
    integer(c_int64_t) function gloam_value(handle, x, values) bind(c)
      import :: c_ptr, c_double, c_int64_t
      type(c_ptr), value :: handle
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(out) :: values(*)
    end function
    integer(c_int64_t) function gloam_error(handle, x, errors) bind(c)
      import :: c_ptr, c_double, c_int64_t
      type(c_ptr), value :: handle
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(out) :: errors(*)
    end function
    integer(c_int64_t) function gloam_value_and_error(handle, x, values, errors) bind(c)
      import :: c_ptr, c_double, c_int64_t
      type(c_ptr), value :: handle
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(out) :: values(*), errors(*)
    end function
    integer(c_int64_t) function gloam_status(handle, x) bind(c)
      import :: c_ptr, c_double, c_int64_t
      type(c_ptr), value :: handle
      real(c_double), intent(in) :: x(*)
    end function
    ! slopes(bins, parameters) and their errors
    integer(c_int64_t) function gloam_gradient(handle, x, slopes, errors) bind(c)
      import :: c_ptr, c_double, c_int64_t
      type(c_ptr), value :: handle
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(out) :: slopes(*), errors(*)
    end function
    ! x(parameters, points), values(bins, points), errors(bins, points), statuses(points)
    integer(c_int64_t) function gloam_batch(handle, points, x, values, errors, statuses) bind(c)
      import :: c_ptr, c_double, c_int64_t
      type(c_ptr), value :: handle
      integer(c_int64_t), value :: points
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(out) :: values(*), errors(*)
      integer(c_int64_t), intent(out) :: statuses(*)
    end function
    integer(c_int64_t) function gloam_meaning(handle, status) bind(c)
      import :: c_ptr, c_int64_t
      type(c_ptr), value :: handle
      integer(c_int64_t), value :: status
    end function
    integer(c_int64_t) function gloam_parameters(handle) bind(c)
      import :: c_ptr, c_int64_t
      type(c_ptr), value :: handle
    end function
    integer(c_int64_t) function gloam_bins(handle) bind(c)
      import :: c_ptr, c_int64_t
      type(c_ptr), value :: handle
    end function
    integer(c_int64_t) function opened(path, handle) bind(c, name="gloam_open")
      import :: c_ptr, c_char, c_int64_t
      character(kind=c_char), intent(in) :: path(*)
      type(c_ptr), intent(out) :: handle
    end function
    integer(c_size_t) function explained(handle, status, x, text, size) bind(c, name="gloam_explain")
      import :: c_ptr, c_char, c_double, c_int64_t, c_size_t
      type(c_ptr), value :: handle
      integer(c_int64_t), value :: status
      real(c_double), intent(in) :: x(*)
      character(kind=c_char), intent(out) :: text(*)
      integer(c_size_t), value :: size
    end function
    type(c_ptr) function name_of(handle, i) bind(c, name="gloam_parameter_name")
      import :: c_ptr, c_int64_t
      type(c_ptr), value :: handle
      integer(c_int64_t), value :: i
    end function
    type(c_ptr) function search_of(handle) bind(c, name="gloam_search")
      import :: c_ptr
      type(c_ptr), value :: handle
    end function
    type(c_ptr) function model_of(handle) bind(c, name="gloam_model")
      import :: c_ptr
      type(c_ptr), value :: handle
    end function
    integer(c_size_t) function strlen(text) bind(c)
      import :: c_ptr, c_size_t
      type(c_ptr), value :: text
    end function
  end interface

contains

  ! 0 and a handle, or a negative number
  integer(c_int64_t) function gloam_open(path, handle)
    character(*), intent(in) :: path
    type(c_ptr), intent(out) :: handle
    gloam_open = opened(path // c_null_char, handle)
  end function

  ! A sentence about a status at the parameters x
  function gloam_explain(handle, status, x) result(text)
    type(c_ptr), intent(in) :: handle
    integer(c_int64_t), intent(in) :: status
    real(c_double), intent(in) :: x(*)
    character(:), allocatable :: text
    character(kind=c_char) :: letters(1000)
    integer :: i, length
    length = int(min(explained(handle, status, x, letters, size(letters, kind=c_size_t)), 999_c_size_t))
    allocate (character(length) :: text)
    do i = 1, length
      text(i:i) = letters(i)
    end do
  end function

  ! Name of parameter i = 1, 2, ...
  function gloam_parameter_name(handle, i) result(text)
    type(c_ptr), intent(in) :: handle
    integer, intent(in) :: i
    character(:), allocatable :: text
    text = copied(name_of(handle, int(i - 1, c_int64_t)))
  end function

  function gloam_search(handle) result(text)
    type(c_ptr), intent(in) :: handle
    character(:), allocatable :: text
    text = copied(search_of(handle))
  end function

  function gloam_model(handle) result(text)
    type(c_ptr), intent(in) :: handle
    character(:), allocatable :: text
    text = copied(model_of(handle))
  end function

  function copied(place) result(text)
    type(c_ptr), intent(in) :: place
    character(:), allocatable :: text
    character(kind=c_char), pointer :: letters(:)
    integer :: i, length
    length = 0
    if (c_associated(place)) length = int(strlen(place))
    allocate (character(length) :: text)
    if (length > 0) call c_f_pointer(place, letters, [length])
    do i = 1, length
      text(i:i) = letters(i)
    end do
  end function

end module
